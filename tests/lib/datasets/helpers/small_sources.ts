import { createHash } from "node:crypto";
import type { CifarSource, ImagesSource } from "../../../../lib/datasets/dataset_catalog.ts";
import { cifarLayouts } from "../../../../lib/datasets/cifar_binary.ts";
import { gzip, makeTar } from "./make_tar.ts";

/** Records of the small set per file. */
export const smallRecords = 3;

/** CIFAR-10 records whose pixels follow from the file number; labels 0, 1, 2, .. */
export function smallBatch(file: number, records = smallRecords): Uint8Array {
  const batch = new Uint8Array(records * 3073);
  for (let record = 0; record < records; record++) {
    batch.fill(file * 16 + record, record * 3073, (record + 1) * 3073);
    batch[record * 3073] = record % 10;
  }
  return batch;
}

/** A catalogue entry in the layout of CIFAR-10 with three records a file, and its archive. */
export async function makeSmallSource(urls: readonly string[] = []): Promise<{
  readonly source: CifarSource;
  readonly archive: Uint8Array;
}> {
  const names = ["data_batch_1.bin", "data_batch_2.bin", "test_batch.bin"];
  const classNames = "airplane automobile bird cat deer dog frog horse ship truck".split(" ");
  const archive = await gzip(makeTar([
    { name: "small/", type: "5" },
    { name: "small/batches.meta.txt", content: `${classNames.join("\n")}\n\n` },
    ...names.map((name, file) => ({ name: `small/${name}`, content: smallBatch(file) })),
    { name: "small/readme.html", content: "<p>read me</p>" },
  ]));
  return {
    archive,
    source: {
      kind: "cifar",
      name: "small",
      folder: "small-folder",
      description: "three records a file",
      urls,
      archive: {
        file: "small.tar.gz",
        bytes: archive.length,
        md5: createHash("md5").update(archive).digest("hex"),
      },
      archiveFolder: "small",
      members: [
        ...names.map((name) => ({
          name,
          bytes: smallRecords * 3073,
          role: name.startsWith("test") ? "test" as const : "train" as const,
        })),
        { name: "batches.meta.txt", bytes: 1000, role: "text" },
      ],
      namesFile: "batches.meta.txt",
      layout: cifarLayouts.cifar10,
      classNames,
    },
  };
}

/** A catalogue entry of two classes with two images each. */
export const smallImages: ImagesSource = {
  kind: "images",
  name: "small-images",
  folder: "small-images",
  description: "two classes",
  classes: 2,
  imagesPerClass: 2,
};
