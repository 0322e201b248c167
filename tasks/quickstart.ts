/**
 * `deno task quickstart`: the whole way once, on synthetic images and on WASM, which works everywhere. Every
 * step is a command that can be typed; this script only types them.
 */
import { join } from "node:path";
import { encode } from "fast-png";
import { runCommandLine } from "../cli/command_tree.ts";
import { complexityMeasure } from "../lib/complexity/measure_registry.ts";
import { loadDataset } from "../lib/datasets/load_dataset.ts";
import { defaultConfig } from "../lib/configuration/experiment_config.ts";
import { claimRunDirectory, timedRunDirectory } from "../lib/runs/default_run_directory.ts";
import { readTaskArguments, refusePositionals, runTask } from "./task_options.ts";
import { measureDataset } from "../lib/training/training_data.ts";

const DATA = "data";
const BACKEND = ["--backend", "wasm"];

/** What trains to well above chance in about half a minute on one core. */
const TRAINING = [
  ...["--dataset", "synthetic", "--data", DATA, "--images", "2500", "--channels", "32"],
  ...["--epochs", "8", "--schedule", "one-cycle", "--learning-rate", "0.02"],
  ...["--statistics-images", "128"],
];

/** Runs one command, shown as a person would type it. */
async function type(words: readonly string[]): Promise<void> {
  console.log(`\n$ deno task puppet ${words.join(" ")}\n`);
  await runCommandLine(words);
}

/** Saves the simplest, the middle and the most complex test image as PNG files. */
async function saveExamples(folder: string): Promise<string[]> {
  const { test } = await loadDataset({
    ...defaultConfig().data,
    dataset: "synthetic",
    directory: DATA,
  });
  const complexities = await measureDataset(test, complexityMeasure("entropy"));
  const order = [...complexities.keys()].sort((a, b) => complexities[a]! - complexities[b]!);
  const chosen = { simple: order[0]!, middle: order[order.length >> 1]!, complex: order.at(-1)! };
  await Deno.mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const [name, index] of Object.entries(chosen)) {
    const { width, height } = test;
    const data = await test.read([index]);
    const file = join(folder, `${name}-${test.classNames[test.labels[index]!]}.png`);
    await Deno.writeFile(file, encode({ width, height, data, channels: 3, depth: 8 }));
    files.push(file);
  }
  return files;
}

async function quickstart(): Promise<void> {
  await type(["fetch-data", "synthetic", "--directory", DATA]);
  await using claimed = await claimRunDirectory(timedRunDirectory("quickstart", new Date()));
  const run = claimed.path;
  await type(["train", "--run", run, ...TRAINING, ...BACKEND]);
  await type(["eval", run, ...BACKEND]);
  const examples = await saveExamples(join(run, "examples"));
  await type(["predict", run, ...examples, ...BACKEND]);
  console.log(`
(The name of a picture says what it shows. They are the simplest, the middle and the most complex test
image; how many are taken for another class after so short a training stands in the evaluation above.)

That was a Puppet-CNN: one small puppeteer generated the kernels of seven networks, and the complexity
of each image chose the network and its depth. It left behind
  ${run}
  ${join(DATA, "synthetic")} (15 MB, which the next one uses again)

Next:
  deno task puppet --help                   all commands
  deno task puppet doctor                   what this machine can do
  deno task install-native                  native TensorFlow: four times as fast per core
  deno task puppet fetch-data cifar10       real images
  deno task puppet train --dry-run          what the paper's protocol would train on them
(with "npx" in front where Deno itself is not installed)`);
}

const HELP = `Draws images, trains a small Puppet-CNN on WASM and evaluates it: about a minute.

Usage: deno task quickstart

It leaves a folder under runs/, and the images under data/synthetic. Every step is a command that it prints.`;

await runTask(async () => {
  refusePositionals(readTaskArguments(HELP, {}).positionals);
  await quickstart();
});
