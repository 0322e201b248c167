import { join } from "node:path";
import { loadCheckpoint } from "../checkpoints/load_checkpoint.ts";
import { isResized } from "../datasets/data_config.ts";
import { CheckpointError, PuppetError, UsageError } from "../errors.ts";
import { requireBakeable } from "../exports/baked_model.ts";
import { toolkitFile } from "../files/toolkit_file.ts";
import { generatesKernels, levelsOfModel } from "../models/model_layers.ts";
import { modelEntry } from "../models/model_registry.ts";
import { asScript, MODEL_VARIABLE } from "../page/page_data.ts";
import { pageHtml } from "../page/page_html.ts";
import { decodeCheckpoint, OPTIMIZER_FILE } from "../training/decode_checkpoint.ts";
import { complexityOfTraining } from "./complexity_file.ts";
import { resolveChoice } from "./load_trained.ts";
import { readRunConfig } from "./run_config_file.ts";
import { EXPORT_FOLDER, fillExport, requireNewFolder } from "./require_new_folder.ts";
import { requireFittingCard } from "./require_fitting_card.ts";
import { CHECKPOINTS_FOLDER } from "./run_folder.ts";
import type { PageData } from "../page/page_data.ts";
import type { CheckpointChoice } from "./run_types.ts";

/** Scripts of the page that are the same for all models; `deno task build-page` makes them. */
const BUILT_FILES = ["page.js", "wasm.js"] as const;

/** Options of `exportPage`. */
export interface ExportPageOptions {
  /** Folder of the run. */
  readonly runDirectory: string;
  /** Folder to write; must not exist, or be empty. */
  readonly directory: string;
  /** Which checkpoint. */
  readonly checkpoint: CheckpointChoice;
  /** Version of the toolkit. */
  readonly version: string;
  /** Where the run's images are, for their complexities; absent takes what the run folder says, or the run's own place. */
  readonly data?: string;
  /** Stops it; nothing is left of it. */
  readonly signal?: AbortSignal;
}

/** What `exportPage` wrote. */
export interface PageExport {
  /** Folder that was written. */
  readonly directory: string;
  /** Name of the checkpoint's folder. */
  readonly checkpoint: string;
  /** Bytes of all files. */
  readonly bytes: number;
  /** Training images whose complexities are shown; `null` where neither they nor their complexities were at hand. */
  readonly trainingImages: number | null;
}

async function readBuilt(name: string): Promise<Uint8Array> {
  const address = toolkitFile(`dist/page/${name}`);
  if (address.protocol !== "file:") {
    throw new PuppetError(
      "Cannot export a page: its scripts are not on this disk; use a checkout of the toolkit, or its binary",
    );
  }
  try {
    return await Deno.readFile(address);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new PuppetError(
      `Cannot export a page: its script ${name} is not built yet; run "deno task build-page" once`,
      { cause },
    );
  }
}

/** Checkpoint and everything else that the page knows. */
async function collectData(
  options: ExportPageOptions,
): Promise<{ readonly data: PageData; readonly folder: string }> {
  const { runDirectory, checkpoint, version, data: directory } = options;
  const saved = await readRunConfig(runDirectory);
  const { name } = saved.model;
  requireBakeable(saved.model, saved.model.exact);
  if (!generatesKernels(modelEntry(name))) {
    throw new UsageError(
      `Cannot export ${name} as a page: it shows how kernels are generated, and those of ${name} are stored; ` +
        "export it with --format onnx, tfjs or safetensors",
    );
  }
  const root = join(runDirectory, CHECKPOINTS_FOLDER);
  const { folder, files } = await loadCheckpoint(root, await resolveChoice(root, checkpoint));
  const path = join(root, folder);
  const { card, statistics } = decodeCheckpoint(files, path);
  requireFittingCard(card, saved, path);
  if (statistics === null) {
    throw new CheckpointError(
      `Cannot export ${runDirectory}: checkpoint ${folder} has no batch-norm statistics, since training was ` +
        "interrupted within an epoch; continue it to the end of the epoch, or export --checkpoint best",
    );
  }
  const { dataset, resizeTo } = saved.data;
  const data: PageData = {
    card: { ...card, model: saved.model },
    seed: saved.training.seed,
    resizeTo: (isResized(dataset) ? resizeTo : null) ?? card.image.height,
    files: Object.fromEntries(
      [...files].filter(([file]) => file !== OPTIMIZER_FILE)
        .map(([file, bytes]) => [file, bytes.toBase64()]),
    ),
    histogram: await complexityOfTraining(runDirectory, {
      config: saved,
      fingerprint: card.trainFingerprint,
      ...directory === undefined ? {} : { directory },
    }),
    version,
  };
  return { data, folder };
}

/**
 * Writes a page that shows a model at work: it opens from a disk or any web server, and needs no network.
 *
 * @param options Run, checkpoint, folder to write.
 * @returns What was written.
 * @throws {CheckpointError} if the run is damaged, or the folder is not empty.
 * @throws {UsageError} if its kernels are not generated by level.
 * @throws {DataError} if `data` was given and does not hold the images that it was trained on.
 * @throws {PuppetError} if the scripts of the page were not built.
 */
export async function exportPage(options: ExportPageOptions): Promise<PageExport> {
  const { directory } = options;
  await requireNewFolder(directory, EXPORT_FOLDER);
  const { data, folder } = await collectData(options);
  const { card, histogram } = data;
  const depths = new Set(levelsOfModel(card.model).list.map(({ depth }) => depth));
  const html = pageHtml({
    ...{ title: "Puppet-CNN", classNames: card.classNames, adaptsDepth: depths.size > 1 },
  });
  const encoder = new TextEncoder();
  const files = new Map<string, Uint8Array>([
    ["index.html", encoder.encode(html)],
    ["model.js", encoder.encode(asScript(MODEL_VARIABLE, data))],
  ]);
  for (const name of BUILT_FILES) files.set(name, await readBuilt(name));
  await fillExport(directory, async (stage) => {
    for (const [name, bytes] of files) await Deno.writeFile(join(stage, name), bytes);
  }, options.signal);
  const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  return { directory, checkpoint: folder, bytes, trainingImages: histogram?.images ?? null };
}
