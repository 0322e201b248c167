import { dirname, join } from "node:path";
import { UsageError } from "../errors.ts";
import { inferRouted, routeImages } from "../evaluation/routed_images.ts";
import { bakeNetwork, describeModel, requireBakeable } from "../exports/baked_model.ts";
import { compareLogits } from "../exports/compare_logits.ts";
import { describeInput } from "../exports/describe_input.ts";
import { networkFormat } from "../exports/network_format.ts";
import { probeImages } from "../exports/probe_images.ts";
import { EXPORT_FILE } from "./describe_export.ts";
import { loadTrained } from "./load_trained.ts";
import { readRunConfig } from "./run_config_file.ts";
import { fillExport } from "./fill_export.ts";
import { EXPORT_FOLDER, requireNewFolder } from "./require_new_folder.ts";
import type { InferenceNetwork } from "../classifiers/classifier.ts";
import type { BakedModel, BakedNetwork } from "../exports/baked_model.ts";
import type { NetworkFormat, NetworkFormatName, Probe } from "../exports/network_format.ts";
import type { LoadedClassifier } from "./load_trained.ts";
import type { CheckpointChoice } from "./run_types.ts";

/** Options of `exportNetworks`. */
export interface ExportNetworksOptions {
  /** Folder of the run. */
  readonly runDirectory: string;
  /** Folder to write; must not exist, or be empty. */
  readonly directory: string;
  /** Which checkpoint. */
  readonly checkpoint: CheckpointChoice;
  /** The form of the files. */
  readonly format: NetworkFormatName;
  /** Index of the only level to be written; `null` writes all. */
  readonly level: number | null;
  /** Version of the toolkit. */
  readonly producerVersion: string;
  /** Where the search for the program that runs the format starts. */
  readonly runtimeFolder: string;
  /** Called with what a person should know: a checkpoint that was skipped. */
  readonly warn?: (text: string) => void;
  /** Called after every network with those done and all. */
  readonly report?: (done: number, total: number) => void;
  /** Stops it; nothing is left of it. */
  readonly signal?: AbortSignal;
}

/** A network that was written. */
export interface ExportedNetwork {
  /** The file to open, relative to the folder. */
  readonly file: string;
  /** Index of the level; `null` is the network of all levels, which asks for the complexity. */
  readonly level: number | null;
  /** Layers with generated or stored kernels that the level is called after; `null` as above. */
  readonly depth: number | null;
  /** Bytes of all its files. */
  readonly bytes: number;
  /** Largest difference from our logits; `null` where it was not run. */
  readonly largestDifference: number | null;
}

/** What `exportNetworks` wrote; also in `export.json`, without the folder. */
export interface NetworkExport {
  /** Folder that was written. */
  readonly directory: string;
  /** The form of the files. */
  readonly format: NetworkFormatName;
  /** Name of the checkpoint's folder. */
  readonly checkpoint: string;
  /** What the networks take. */
  readonly input: string;
  /** The networks, level by level; the one of all levels last. */
  readonly networks: readonly ExportedNetwork[];
  /** What ran every network before it was put in place; or why none was run. */
  readonly check: { readonly runtime: string } | { readonly skipped: string };
  /** What the networks have in common: classes, standardisation, and the complexities at which levels begin. */
  readonly model: BakedModel;
}

function requireLevel(model: BakedModel, level: number | null): number[] {
  const all = model.levels.map(({ index }) => index);
  if (level === null) return all;
  if (all.includes(level)) return [level];
  throw new UsageError(
    all.length === 1
      ? `Cannot export level ${level}: the model has one level, 0 (depth ${
        model.levels[0]!.depth
      }); leave out the level`
      : `Cannot export level ${level}: the model has levels 0 to ${all.length - 1} (depths ${
        model.levels.map(({ depth }) => depth).join(", ")
      }); give one of them, or none for all`,
  );
}

/** Our logits of the probe, `[batch, classes]`. */
async function ourLogits(
  { trained }: LoadedClassifier,
  probe: Probe,
  at: { readonly network: InferenceNetwork; readonly level: number },
): Promise<Float32Array> {
  const [batch, height, width] = probe.shape;
  const images = routeImages(trained, { pixels: probe.pixels, height, width }, {
    level: at.level,
  });
  const positions = Array.from({ length: batch }, (_, index) => index);
  const { rows } = await inferRouted(images, { trained, ...at, positions });
  return Float32Array.from(rows.flatMap((row) => [...row]));
}

/** Writes files beneath a folder, making folders as they are needed; returns their bytes together. */
async function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<number> {
  let bytes = 0;
  for (const [file, content] of files) {
    await Deno.mkdir(dirname(join(folder, file)), { recursive: true });
    await Deno.writeFile(join(folder, file), content);
    bytes += content.length;
  }
  return bytes;
}

/** Writes one export after another into a folder, and tries each. */
class NetworkExporter {
  readonly networks: ExportedNetwork[] = [];
  readonly #loaded: LoadedClassifier;
  readonly #model: BakedModel;
  readonly #format: NetworkFormat;
  readonly #probe: Probe;

  constructor(loaded: LoadedClassifier, model: BakedModel, format: NetworkFormat) {
    const { height, width } = model.image;
    const pixels = probeImages(model.image);
    this.#loaded = loaded;
    this.#model = model;
    this.#format = format;
    this.#probe = { pixels, shape: [pixels.length / (height * width * 3), height, width, 3] };
  }

  /** Generates the network of a level, writes it and runs it. */
  async addLevel(folder: string, level: number): Promise<BakedNetwork> {
    const { trained } = this.#loaded;
    const { image } = this.#model;
    const baked = await bakeNetwork(trained, { level, image });
    const { files, run } = this.#format.write(this.#model, baked);
    const file = [...files.keys()][0]!;
    const largestDifference = run === null
      ? null
      : compareLogits(await this.#expected(level), await run(this.#probe), file);
    const bytes = await writeFiles(folder, files);
    const { depth } = baked.level;
    this.networks.push({ file, level, depth, bytes, largestDifference });
    return baked;
  }

  /** Writes all levels into one file, and runs it once for every level. */
  async addAdaptive(folder: string, networks: readonly BakedNetwork[]): Promise<void> {
    const { files, run } = this.#format.writeAdaptive!(this.#model, networks);
    const file = [...files.keys()][0]!;
    let largestDifference: number | null = null;
    if (run !== null) {
      const classes = this.#model.classNames.length;
      const one: Probe = {
        pixels: this.#probe.pixels.subarray(0, this.#probe.pixels.length / this.#probe.shape[0]),
        shape: [1, ...this.#probe.shape.slice(1)] as unknown as Probe["shape"],
      };
      const { levels } = this.#loaded.trained.classifier;
      for (const { level: { index, complexity } } of networks) {
        // Below the smallest complexity that an image can have lie levels that no image reaches.
        if (levels.levelOf(complexity) !== index) continue;
        const ours = (await this.#expected(index)).subarray(0, classes);
        const theirs = await run(one, complexity);
        const difference = compareLogits(ours, theirs, `${file} at level ${index}`);
        largestDifference = Math.max(largestDifference ?? 0, difference);
      }
    }
    const bytes = await writeFiles(folder, files);
    this.networks.push({ file, level: null, depth: null, bytes, largestDifference });
  }

  async #expected(level: number): Promise<Float32Array> {
    const { classifier, statistics } = this.#loaded.trained;
    const only = new Map([[level, statistics.get(level) ?? new Map()]]);
    const network = await classifier.prepare(only, { image: this.#model.image, exact: false });
    try {
      return await ourLogits(this.#loaded, this.#probe, { network, level });
    } finally {
      network.dispose();
    }
  }
}

/** Fills the folder; what is in `export.json` is what the caller gets. */
async function fillFolder(
  folder: string,
  loaded: LoadedClassifier,
  options: ExportNetworksOptions,
): Promise<Omit<NetworkExport, "directory">> {
  const model = describeModel(loaded.trained, loaded.card);
  const levels = requireLevel(model, options.level);
  const format = networkFormat(options.format, options);
  const adaptive = format.writeAdaptive !== undefined && levels.length > 1;
  const total = levels.length + (adaptive ? 1 : 0);
  const exporter = new NetworkExporter(loaded, model, format);
  const kept: BakedNetwork[] = [];
  for (const [done, level] of levels.entries()) {
    options.signal?.throwIfAborted();
    const baked = await exporter.addLevel(folder, level);
    if (adaptive) kept.push(baked);
    options.report?.(done + 1, total);
  }
  if (adaptive) {
    await exporter.addAdaptive(folder, kept);
    options.report?.(total, total);
  }
  const { runtime } = format;
  const summary = {
    format: options.format,
    checkpoint: loaded.folder,
    input: describeInput(model, options.format),
    networks: exporter.networks,
    check: "missing" in runtime ? { skipped: runtime.missing } : { runtime: runtime.name },
    model,
  };
  await Deno.writeTextFile(join(folder, EXPORT_FILE), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

/**
 * Writes a trained model for other programs: a network per level with its kernels generated and norms folded in and, where
 * the format can choose, one of all levels. Every network is run by the program that it is for, where that is here, and
 * compared with ours before the folder appears. The backend must have been selected before.
 *
 * @param options Run, checkpoint, folder to write, format, level.
 * @returns What was written.
 * @throws {CheckpointError} if the run is damaged, or the folder is not empty.
 * @throws {UsageError} if the model decides for each image, or has no such level.
 * @throws {PuppetError} if a network gives other logits than the model; nothing is written.
 */
export async function exportNetworks(options: ExportNetworksOptions): Promise<NetworkExport> {
  const { runDirectory, directory, checkpoint, warn } = options;
  const { model } = await readRunConfig(runDirectory);
  requireBakeable(model, `in the format ${options.format}`);
  await requireNewFolder(directory, EXPORT_FOLDER);
  const loaded = await loadTrained({
    runDirectory,
    checkpoint,
    ...(warn === undefined ? {} : { warn }),
  });
  try {
    const summary = await fillExport(
      directory,
      (stage) => fillFolder(stage, loaded, options),
      { entry: EXPORT_FILE, signal: options.signal },
    );
    return { directory, ...summary };
  } finally {
    loaded.trained.classifier.dispose();
  }
}
