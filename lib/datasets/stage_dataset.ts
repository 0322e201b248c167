import { join } from "node:path";
import { DataError } from "../errors.ts";
import { cifar10NamesFile, cifar10TestFile, cifar10TrainFiles } from "./cifar10.ts";
import { checkClassNames, encodeCifarBinary, readCifarBinary } from "./cifar_binary.ts";
import type {
  CifarSource,
  DatasetSource,
  GeneratedSource,
  ImagesSource,
} from "./dataset_catalog.ts";
import type { ImageDataset } from "./dataset.ts";
import type { DatasetManifest, ManifestFile } from "./dataset_manifest.ts";
import { download } from "./download.ts";
import { downloadFolder, type LocalFetchOptions } from "./fetch_options.ts";
import { digestFile, type FileDigest } from "./file_digest.ts";
import { findDataFolder } from "./find_data_folder.ts";
import { keepListedImages, readDigestList } from "./keep_listed_images.ts";
import { pathExists } from "../files/path_exists.ts";
import {
  miniImageNetAdvice,
  selectImageMember,
  stageImages,
  stageUnpacked,
} from "./mini_imagenet.ts";
import { type ExtractedFile, readTar, selectExpected } from "./read_tar.ts";
import { createSyntheticDataset } from "./synthetic.ts";
import { replaceFile } from "../files/atomic_write.ts";
import { syncPath } from "../files/sync_path.ts";

/** Bytes that an archive may hold besides what is wanted. */
const SPARE_BYTES = 64 * 2 ** 20;
/** Bytes that an archive of images may unpack to. */
const MAX_IMAGES_BYTES = 32 * 2 ** 30;
/** Bytes that a byte of such an archive may unpack to: images are packed already, only the headers beside them shrink. */
const MAX_IMAGES_RATIO = 20;

/**
 * Fills an empty folder with a dataset and checks it.
 *
 * @param source Which dataset.
 * @param stage The folder.
 * @param options Where from.
 * @returns The manifest of what was written (not yet in the folder).
 * @throws {DataError} if the data cannot be had or is not what it should be.
 */
export async function stageDataset(
  source: DatasetSource,
  stage: string,
  options: LocalFetchOptions,
): Promise<DatasetManifest> {
  switch (source.kind) {
    case "cifar":
      return await stageCifarSelection(source, stage, options);
    case "images":
      return await stageImageSet(source, stage, options);
    case "generated":
      return await stageSynthetic(source, stage);
  }
}

interface Archive extends FileDigest {
  readonly path: string;
  readonly source: DatasetManifest["source"];
  readonly official: boolean;
}

/** The archive to unpack: the local one, or a download. */
async function obtainArchive(
  source: CifarSource | ImagesSource,
  options: LocalFetchOptions,
): Promise<Archive> {
  const published = source.kind === "cifar" ? source.archive : null;
  const { from, onProgress, signal } = options;
  if (from !== undefined) {
    const digest = await digestFile(from, {
      onProgress: (done) =>
        onProgress?.({
          text: "checking the archive",
          unit: "bytes",
          done,
          total: published?.bytes ?? null,
        }),
      signal,
    });
    if (published !== null && digest.md5 !== published.md5) {
      throw new DataError(
        `Cannot install ${source.name}: ${from} must be the publisher's ${published.file} (MD5 ` +
          `${published.md5}, ${published.bytes} bytes), it has MD5 ${digest.md5} and ` +
          `${digest.bytes} bytes; get the right archive, or unpack this one and give the folder`,
      );
    }
    return {
      ...digest,
      path: from,
      source: { kind: "archive", location: from },
      official: published !== null,
    };
  }
  // Who names a mirror has a reason: the publisher may be out of reach.
  const urls = [...options.mirrors ?? [], ...source.kind === "cifar" ? source.urls : []];
  const file = published?.file ?? `${source.name}.tar`;
  const path = join(downloadFolder(options.directory, source), file);
  const result = await download(urls, path, {
    ...options.patience,
    length: published?.bytes,
    md5: published?.md5,
    onProgress: (done, total) =>
      onProgress?.({ text: `downloading ${file}`, unit: "bytes", done, total }),
    onNote: options.onNote,
    signal,
  });
  const location = result.address ?? path;
  return { ...result, path, source: { kind: "url", location }, official: published !== null };
}

function manifestOf(
  source: DatasetSource,
  archive: Archive,
  files: readonly ManifestFile[],
): DatasetManifest {
  const { bytes, md5, sha256 } = archive;
  return {
    formatVersion: 1,
    dataset: source.name,
    source: archive.source,
    official: archive.official,
    archive: { bytes, md5, sha256 },
    files,
  };
}

async function isFolder(path: string): Promise<boolean> {
  let found: Deno.FileInfo;
  try {
    found = await Deno.stat(path);
  } catch (error) {
    throw new DataError(`Cannot take data from ${path}: it cannot be opened; check the path`, {
      cause: error,
    });
  }
  if (found.isDirectory || found.isFile) return found.isDirectory;
  // It is read twice, for its digest and to unpack it.
  throw new DataError(
    `Cannot take data from ${path}: it must be a file or a folder, it is a pipe or a device; give the archive itself`,
  );
}

/** The whole set, or what a list keeps of it. */
async function stageCifarSelection(
  source: CifarSource,
  stage: string,
  options: LocalFetchOptions,
): Promise<DatasetManifest> {
  const list = options.only;
  if (list === undefined) return await stageCifar(source, stage, options);
  // First: a slip in the list is not worth a download.
  const wanted = await readDigestList(list);
  const manifest = await stageCifar(source, stage, options);
  const kept = await keepListedImages(source, stage, { files: manifest.files, wanted, list });
  // What is left is not what the publisher's digest stands for.
  return { ...manifest, official: false, files: kept };
}

async function stageCifar(
  source: CifarSource,
  stage: string,
  options: LocalFetchOptions,
): Promise<DatasetManifest> {
  const { from, onProgress, signal } = options;
  if (from !== undefined && await isFolder(from)) {
    return await stageCifarFolder(source, stage, { ...options, from });
  }
  const archive = await obtainArchive(source, options);
  const total = source.members.reduce((sum, { bytes }) => sum + bytes, 0);
  const expected = source.members.map(({ name, bytes, role }) => ({
    name: `${source.archiveFolder}/${name}`,
    output: name,
    bytes,
    isOptional: role === "text",
  }));
  const files = await readTar(archive.path, {
    folder: stage,
    select: selectExpected(expected),
    maxBytes: total + SPARE_BYTES,
    durable: true,
    onProgress: (done) => onProgress?.({ text: "unpacking", unit: "bytes", done, total }),
    signal,
  });
  requireMembers(source, archive.path, files);
  await checkCifarFiles(source, stage, files);
  return manifestOf(source, archive, files);
}

function requireMembers(
  source: CifarSource,
  archive: string,
  files: readonly ExtractedFile[],
): void {
  for (const { name, role } of source.members) {
    if (role !== "text" && !files.some((file) => file.name === name)) {
      throw new DataError(
        `Cannot install ${source.name}: ${archive} has no member ${source.archiveFolder}/${name}; ` +
          `the archive is not the expected one`,
      );
    }
  }
}

/** Record lengths, labels and class names of every staged file. */
async function checkCifarFiles(
  source: CifarSource,
  stage: string,
  files: readonly ManifestFile[],
): Promise<void> {
  await checkClassNames(join(stage, source.namesFile), source.classNames);
  for (const { name, role } of source.members) {
    if (role === "text" || !files.some((file) => file.name === name)) continue;
    await readCifarBinary(source.layout, [join(stage, name)], {
      name: source.name,
      classNames: source.classNames,
    });
  }
}

/** A folder may hold fewer batches than the archive; its digests are recorded, not compared. */
async function stageCifarFolder(
  source: CifarSource,
  stage: string,
  { from, onProgress, signal }: LocalFetchOptions & { readonly from: string },
): Promise<DatasetManifest> {
  const trainFiles = source.members.filter(({ role }) => role === "train").map(({ name }) => name);
  const testFiles = source.members.filter(({ role }) => role === "test").map(({ name }) => name);
  const folder = await findDataFolder(from, { ...source, markers: trainFiles });
  const missing = folder === null
    ? trainFiles.join(" or ")
    : (await Promise.all(testFiles.map((name) => pathExists(join(folder, name))))).every(Boolean)
    ? null
    : testFiles.join(", ");
  if (folder === null || missing !== null) {
    throw new DataError(
      `Cannot install ${source.name}: ${from} holds no ${missing}; give the folder of the unpacked ` +
        `archive or its parent`,
    );
  }
  const files: ManifestFile[] = [];
  for (const { name } of source.members) {
    if (!await pathExists(join(folder, name))) continue;
    const done = files.reduce((sum, { bytes }) => sum + bytes, 0);
    onProgress?.({ text: "copying", unit: "bytes", done, total: null });
    signal?.throwIfAborted();
    await Deno.copyFile(join(folder, name), join(stage, name));
    await syncPath(join(stage, name));
    const { bytes, sha256 } = await digestFile(join(stage, name), { signal });
    files.push({ name, bytes, sha256 });
  }
  await checkCifarFiles(source, stage, files);
  return {
    formatVersion: 1,
    dataset: source.name,
    source: { kind: "folder", location: from },
    official: false,
    archive: null,
    files,
  };
}

async function stageImageSet(
  source: ImagesSource,
  stage: string,
  options: LocalFetchOptions,
): Promise<DatasetManifest> {
  const { from, mirrors = [], onProgress, signal } = options;
  if (from === undefined && mirrors.length === 0) {
    throw new DataError(`Cannot fetch ${source.name}: ${miniImageNetAdvice}`);
  }
  const staging = {
    stage,
    expected: source,
    onProgress: (done: number, total: number) =>
      onProgress?.({ text: "checking images", unit: "images", done, total }),
    signal,
  };
  if (from !== undefined && await isFolder(from)) {
    return {
      formatVersion: 1,
      dataset: source.name,
      source: { kind: "folder", location: from },
      official: false,
      archive: null,
      files: await stageImages(from, staging),
    };
  }
  const archive = await obtainArchive(source, options);
  const unpacked = join(stage, ".unpacked");
  await Deno.mkdir(unpacked);
  await readTar(archive.path, {
    folder: unpacked,
    select: selectImageMember,
    maxBytes: Math.min(MAX_IMAGES_BYTES, SPARE_BYTES + MAX_IMAGES_RATIO * archive.bytes),
    onProgress: (done) => onProgress?.({ text: "unpacking", unit: "bytes", done, total: null }),
    signal,
  });
  const files = await stageUnpacked(unpacked, archive.path, staging);
  await Deno.remove(unpacked, { recursive: true });
  return manifestOf(source, archive, files);
}

/** Draws the synthetic set and writes it in the layout of CIFAR-10, so that the same reader serves both. */
async function stageSynthetic(source: GeneratedSource, stage: string): Promise<DatasetManifest> {
  const { train, test } = createSyntheticDataset(source);
  const contents = [
    [cifar10TrainFiles[0]!, await encodeAll(train)],
    [cifar10TestFile, await encodeAll(test)],
    [cifar10NamesFile, new TextEncoder().encode(`${train.classNames.join("\n")}\n`)],
  ] as const;
  const files: ManifestFile[] = [];
  for (const [name, content] of contents) {
    await replaceFile(join(stage, name), content);
    const { bytes, sha256 } = await digestFile(join(stage, name));
    files.push({ name, bytes, sha256 });
  }
  return {
    formatVersion: 1,
    dataset: source.name,
    source: { kind: "generated", location: "drawn on this machine" },
    official: false,
    archive: null,
    files,
  };
}

async function encodeAll(dataset: ImageDataset): Promise<Uint8Array> {
  const indices = Uint32Array.from({ length: dataset.length }, (_, index) => index);
  return encodeCifarBinary(await dataset.read(indices), dataset.labels);
}
