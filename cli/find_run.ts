import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CheckpointError, UsageError } from "../lib/errors.ts";
import { pathExists } from "../lib/files/path_exists.ts";
import { RUN_CONFIG_FILE } from "../lib/runs/run_folder.ts";
import { PROGRAM } from "./program_name.ts";
import { quoteWord } from "../lib/safe_text.ts";

/** Folder of the models that come with the toolkit; `null` where the toolkit is not on a disk. */
export function shippedModels(): string | null {
  const folder = new URL("../models/", import.meta.url);
  return folder.protocol === "file:" ? fileURLToPath(folder) : null;
}

/**
 * Whether a folder is that of a run or of a trained model.
 *
 * @param folder Its path.
 * @returns The answer; `false` for what cannot be looked at.
 */
export async function isRun(folder: string): Promise<boolean> {
  return await pathExists(join(folder, RUN_CONFIG_FILE)).catch(() => false);
}

/**
 * Finds the folder of a trained model that a command was given.
 *
 * @param word Path of a run folder, or the name of a model that comes with the toolkit (`puppet-cnn-cifar10`).
 * @returns The path; the word itself where nothing is found, for the error of whoever opens it.
 */
export async function findRun(word: string): Promise<string> {
  // A run is called by the last part of its path: of "." and "..", by the name of the folder.
  if (/(?:^|[/\\])\.{1,2}[/\\]?$/.test(word)) return resolve(word);
  const name = /^(?:models\/)?([\w-]+)\/?$/.exec(word)?.[1];
  const models = shippedModels();
  if (models === null || name === undefined || await pathExists(word)) return word;
  const shipped = join(models, name);
  // A folder that Deno may not read is not one that is missing.
  return await pathExists(join(shipped, RUN_CONFIG_FILE)) ? shipped : word;
}

/** Tells who names the folder of a sweep what shows it: its runs lie elsewhere. */
async function refuseSweep(folder: string): Promise<void> {
  const isSweep = await pathExists(join(folder, "plan.json")).catch(() => false);
  if (!isSweep || await isRun(folder)) return;
  const sweep = `${PROGRAM} sweep`;
  const word = quoteWord(folder);
  throw new CheckpointError(
    `Cannot open run ${folder}: it is the folder of a sweep; "${sweep} results ${word}" shows what came of it, ` +
      `"${sweep} status ${word}" the folders of its runs`,
  );
}

/** Runs in a folder, and where none is named the models that come with the toolkit, by the words for them. */
async function runsBeside(word: string): Promise<string[]> {
  const isBare = basename(word) === word;
  const models = isBare ? shippedModels() : null;
  const found: string[] = [];
  for (const parent of [dirname(word), ...models === null ? [] : [models]]) {
    const names = await Array.fromAsync(Deno.readDir(parent)).catch(() => []);
    for (const { name } of names) {
      if (await isRun(join(parent, name))) found.push(isBare ? name : join(parent, name));
    }
  }
  return found;
}

/** Names the run that was probably meant; says nothing where none is near. */
async function refuseMistyped(word: string): Promise<void> {
  const { nearestWord } = await import("../lib/configuration/nearest_word.ts");
  const others = await runsBeside(word);
  const nearest = nearestWord(basename(word), others.map((run) => basename(run)));
  if (nearest === undefined) return;
  const meant = others.find((run) => basename(run) === nearest)!;
  throw new CheckpointError(
    `Cannot open run ${word}: there is no such folder; did you mean ${quoteWord(meant)}?`,
  );
}

/**
 * Finds the folder of a trained model, and refuses what is none: before a backend is started, which takes a moment and
 * says so.
 *
 * @param word Path of a run folder, or the name of a model that comes with the toolkit.
 * @returns The path.
 * @throws {CheckpointError} if there is no run, its configuration is damaged, or the folder is that of a sweep.
 */
export async function requireRun(word: string): Promise<string> {
  const run = await findRun(word);
  await refuseSweep(run);
  if (!await pathExists(run).catch(() => true)) await refuseMistyped(run);
  const { readRunConfig } = await import("../lib/runs/run_config_file.ts");
  await readRunConfig(run);
  return run;
}

/**
 * Refuses files in front of the model that they are for.
 *
 * @param run What stands where the model belongs.
 * @param files What stands where the files belong.
 * @throws {UsageError} if the model is among the files instead.
 */
export async function refuseWrongOrder(run: string, files: readonly string[]): Promise<void> {
  if (await isRun(await findRun(run))) return;
  for (const file of files) {
    if (!await isRun(await findRun(file))) continue;
    throw new UsageError(
      `Cannot use ${run} as a model; the model comes first: ${PROGRAM} predict ${quoteWord(file)} ${
        quoteWord(run)
      }`,
    );
  }
}
