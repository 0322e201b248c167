/**
 * What helps, and what does not: small trainings that differ from a base in one thing each, compared on validation images.
 * `deno task study --help` lists the options.
 *
 * `--base paper` adds one thing at a time to the paper-literal model, `--base regularized` takes one thing at a time from
 * the preset puppet-cnn-regularized, or changes it.
 *
 * What is finished is not trained again, what was interrupted goes on; --finished trains nothing and sets out what there is,
 * so that several processes with different --only can share the work. Prints a Markdown table; --json keeps every run.
 * The test images are not looked at.
 */
import { join } from "node:path";
import { runCommandLine } from "../cli/command_tree.ts";
import { loadCheckpoint } from "../lib/checkpoints/load_checkpoint.ts";
import { PuppetError, UsageError } from "../lib/errors.ts";
import { CHECKPOINTS_FOLDER, RUN_CONFIG_FILE } from "../lib/runs/run_folder.ts";
import { readMetricsLog } from "../lib/training/metrics_log.ts";
import { decodeCheckpoint } from "../lib/training/decode_checkpoint.ts";
import {
  readTaskArguments,
  readWhole,
  readWord,
  refusePositionals,
  runTask,
} from "./task_options.ts";
import { writeFileAtomically } from "../lib/files/atomic_write.ts";
import { pathExists } from "../lib/files/path_exists.ts";
import { formatStudy, type StudyRun } from "./study/study_table.ts";
import { settingsOf, type StudyBase, studyBases, type StudyVariant } from "./study/variants.ts";

const HELP =
  `Short trainings that differ from a base in one thing each, compared on validation images.

Usage: deno task study [options]

  --data FOLDER      holds CIFAR-10 (default: data)
  --base NAME        paper (default): the paper-literal model, to which one thing is added at a time; regularized: our
                     preset, from which one thing is taken
  --channels COUNT   C (default: 128)
  --epochs COUNT     length of a training (default: 12)
  --seeds NUMBERS    (default: 1,2)
  --only NAMES       variants with commas; without "base" among them nothing can be set against it (default: all)
  --runs FOLDER      keeps the runs (default: runs/study)
  --json FILE        keeps the figures of every run
  --finished         trains nothing: sets out the runs that are there
  --backend NAME     numerical backend (default: auto)
  --debug            show stack traces of errors
  -h, --help         show this help

Variants, base paper:
${listVariants("paper")}

Variants, base regularized:
${listVariants("regularized")}`;

/** Names of the variants of a base with what they change. */
function listVariants(base: keyof typeof studyBases): string {
  return studyBases[base].variants.map(({ name, change }) => `  ${name.padEnd(19)}${change}`).join(
    "\n",
  );
}

interface StudyOptions {
  readonly data: string;
  readonly base: keyof typeof studyBases;
  readonly runs: string;
  readonly channels: number;
  readonly epochs: number;
  readonly seeds: readonly number[];
  readonly only: readonly string[];
  readonly backend: string;
  readonly json: string | null;
  readonly finished: boolean;
}

function readOptions(): StudyOptions {
  const { values, positionals } = readTaskArguments(HELP, {
    data: { type: "string", default: "data" },
    base: { type: "string", default: "paper" },
    runs: { type: "string", default: "runs/study" },
    channels: { type: "string", default: "128" },
    epochs: { type: "string", default: "12" },
    seeds: { type: "string", default: "1,2" },
    only: { type: "string", default: "" },
    backend: { type: "string", default: "auto" },
    json: { type: "string" },
    finished: { type: "boolean", default: false },
  });
  refusePositionals(positionals);
  const only = values.only.split(",").filter((name) => name !== "");
  const base = readWord("base", values.base, ["paper", "regularized"]);
  const { variants } = studyBases[base];
  const unknown = only.find((name) => variants.every((variant) => variant.name !== name));
  if (unknown !== undefined) {
    throw new UsageError(
      `Cannot study "${unknown}"; the variants are ${variants.map(({ name }) => name).join(", ")}`,
    );
  }
  return {
    data: values.data,
    base,
    runs: values.runs,
    channels: readWhole("channels", values.channels, 8),
    epochs: readWhole("epochs", values.epochs),
    seeds: values.seeds.split(",").map((seed) => readWhole("seeds", seed, 0)),
    only,
    backend: values.backend,
    json: values.json ?? null,
    finished: values.finished,
  };
}

/** The last epoch of a run, if it came to its end. */
async function finishedRun(
  folder: string,
  variant: StudyVariant,
  options: { readonly seed: number; readonly epochs: number },
): Promise<StudyRun | null> {
  if (!await isBegun(folder)) return null;
  const log = await readMetricsLog(folder);
  const last = log.at(-1);
  if (last === undefined || last.epoch < options.epochs || last.validationTop1 === null) {
    return null;
  }
  return {
    variant: variant.name,
    change: variant.change,
    seed: options.seed,
    trainTop1: last.trainTop1,
    validationTop1: last.validationTop1,
    seconds: log.reduce((sum, { seconds }) => sum + seconds, 0),
    trainFingerprint: await readFingerprint(folder),
  };
}

/** Fingerprint of the images that a run was trained on. */
async function readFingerprint(folder: string): Promise<string> {
  const root = join(folder, CHECKPOINTS_FOLDER);
  const { files, folder: name } = await loadCheckpoint(root, "last");
  return decodeCheckpoint(files, join(root, name)).card.trainFingerprint;
}

/** Whether a run has been begun, so that it can go on. */
async function isBegun(folder: string): Promise<boolean> {
  return await pathExists(join(folder, RUN_CONFIG_FILE));
}

async function trainVariant(
  variant: StudyVariant,
  seed: number,
  options: StudyOptions,
): Promise<StudyRun | null> {
  const { epochs, channels, data, backend } = options;
  const base: StudyBase = studyBases[options.base];
  const prefix = base.preset === null ? "" : `${options.base}-`;
  const folder = join(
    options.runs,
    `${prefix}${variant.name}-c${channels}-e${epochs}-seed${seed}`,
  );
  const found = await finishedRun(folder, variant, { seed, epochs });
  if (found !== null || options.finished) return found;
  console.error(`${variant.name}, seed ${seed}: ${variant.change}`);
  const set = settingsOf(base, variant).flatMap((value) => ["--set", value]);
  const preset = base.preset === null ? [] : ["--preset", base.preset];
  await runCommandLine(
    await isBegun(folder) ? ["train", "--quiet", "--resume", folder, "--data", data] : [
      ...["train", "--quiet", "--run", folder, "--data", data, "--backend", backend, ...preset],
      ...["--channels", String(channels), "--epochs", String(epochs), "--seed", String(seed)],
      ...["--validate-every", String(epochs), ...set],
    ],
  );
  const run = await finishedRun(folder, variant, { seed, epochs });
  if (run === null) {
    throw new PuppetError(`Cannot study ${folder}: it has no validation after epoch ${epochs}`);
  }
  console.error(describeRun(run));
  return run;
}

function describeRun({ validationTop1, trainTop1, seconds }: StudyRun): string {
  const [validation, train] = [validationTop1, trainTop1].map((share) => (100 * share).toFixed(2));
  return `  validation ${validation} %, training ${train} %, ${(seconds / 60).toFixed(1)} minutes`;
}

async function study(options: StudyOptions): Promise<void> {
  const { base, only, seeds, channels, epochs } = options;
  const chosen = studyBases[base].variants.filter(({ name }) =>
    only.length === 0 || only.includes(name)
  );
  const runs: StudyRun[] = [];
  for (const seed of seeds) {
    for (const variant of chosen) {
      const run = await trainVariant(variant, seed, options);
      if (run === null) continue;
      runs.push(run);
      if (options.json === null) continue;
      const text = `${JSON.stringify({ base, channels, epochs, runs }, null, 2)}\n`;
      await writeFileAtomically(options.json, text);
    }
  }
  if (runs.length === 0) {
    throw new UsageError(
      `Cannot set out a study: no finished runs of base ${base} with ${channels} channels and ${epochs} epochs in ` +
        `${options.runs}; leave --finished out to train them`,
    );
  }
  console.log(formatStudy(runs));
}

await runTask(() => study(readOptions()));
