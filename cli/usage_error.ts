import type { CommanderError, CommandUnknownOpts } from "@commander-js/extra-typings";
import { UsageError } from "../lib/errors.ts";
import { nearestWord } from "../lib/configuration/nearest_word.ts";
import { PROGRAM } from "./program_name.ts";
import { quoteWord } from "../lib/safe_text.ts";

/**
 * What options are called in other toolkits, and what they are called here. Where a command has several of the names
 * on the right, the first one is meant.
 */
export const OTHER_TOOLKITS: Readonly<Record<string, readonly string[]>> = {
  lr: ["--learning-rate"],
  "min-lr": ["--min-learning-rate"],
  sched: ["--schedule"],
  scheduler: ["--schedule"],
  "lr-schedule": ["--schedule"],
  warmup: ["--warmup-epochs"],
  bs: ["--batch-size"],
  batch: ["--batch-size"],
  "num-epochs": ["--epochs"],
  "max-epochs": ["--epochs"],
  wd: ["--weight-decay"],
  smoothing: ["--label-smoothing"],
  drop: ["--dropout"],
  mixup: ["--feature-mixing"],
  "clip-grad": ["--clip-norm"],
  "gradient-clip": ["--clip-norm"],
  "early-stopping": ["--patience"],
  arch: ["--model"],
  backbone: ["--model"],
  network: ["--model"],
  device: ["--backend"],
  gpu: ["--backend"],
  accelerator: ["--backend"],
  "data-dir": ["--data", "--directory"],
  "data-path": ["--data", "--directory"],
  root: ["--data", "--directory"],
  "img-size": ["--image-size"],
  imgsz: ["--image-size"],
  resolution: ["--image-size"],
  "num-classes": ["--classes"],
  ckpt: ["--checkpoint"],
  cfg: ["--config"],
  "config-file": ["--config"],
  name: ["--run"],
  out: ["--output", "--run"],
  outdir: ["--run", "--output"],
  "output-dir": ["--run", "--output"],
  "save-dir": ["--run", "--output"],
  project: ["--run"],
  "random-seed": ["--seed"],
  "manual-seed": ["--seed"],
  tb: ["--tensorboard"],
  logdir: ["--tensorboard"],
  k: ["--top"],
  topk: ["--top"],
  "top-k": ["--top"],
  o: ["--output"],
  c: ["--config"],
  e: ["--epochs"],
  b: ["--batch-size"],
  m: ["--model"],
  silent: ["--quiet"],
  "fast-dev-run": ["--dry-run"],
};

/** The option that was probably meant, of those that the command has. */
function meantOption(flag: string, command: CommandUnknownOpts): string | undefined {
  const known = command.options.flatMap(({ long }) => long ?? []);
  const name = flag.replace(/^-+/, "").replace(/=.*$/s, "").toLowerCase().replaceAll("_", "-");
  // Not by index alone: "constructor" is no name of an option.
  const elsewhere = Object.hasOwn(OTHER_TOOLKITS, name) ? OTHER_TOOLKITS[name]! : [];
  return elsewhere.find((option) => known.includes(option)) ?? nearestWord(`--${name}`, known);
}

/** "; did you mean ...?" for a word that is none of the words that the message lists. */
function meantChoice(message: string): string {
  const [, value] = /(?:value|argument) '([^']*)' is invalid/.exec(message) ?? [];
  const [, list] = /Allowed choices are (.+)\.$/.exec(message) ?? [];
  if (value === undefined || list === undefined) return "";
  const nearest = nearestWord(value, list.split(", "));
  return nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
}

/** What the parser's message becomes for one kind of mistake. */
function rewrite(error: CommanderError, command: CommandUnknownOpts | undefined): string {
  const message = error.message
    .replace(/^error: /, "")
    .replace(/\n\(Did you mean one of (.+)\?\)/, "; did you mean one of $1?")
    .replace(/\n\(Did you mean (.+)\?\)/, '; did you mean "$1"?');
  if (command === undefined) return message;
  if (error.code === "commander.unknownOption") {
    const flag = /'([^']*)'/.exec(message)?.[1] ?? "";
    const meant = meantOption(flag, command);
    return meant === undefined ? message : `unknown option '${flag}'; did you mean "${meant}"?`;
  }
  if (error.code === "commander.excessArguments" && command.name() === "train") {
    const folder = /but got \d+: (.+?)\.?$/s.exec(message)?.[1]?.split(",")[0] ?? "FOLDER";
    const word = quoteWord(folder);
    return `train takes options only, but got "${folder}"; "--run ${word}" trains a new run in that folder, ` +
      `"--resume ${word}" continues one`;
  }
  return `${message}${meantChoice(message)}`;
}

/**
 * Rewrites the parser's message in the form of ours.
 *
 * @param error What the parser threw.
 * @param command The command that was asked for; `undefined` where there is no such command.
 * @returns The error, with the option, word or place that was probably meant.
 */
export function usageErrorFrom(
  error: CommanderError,
  command: CommandUnknownOpts | undefined,
): UsageError {
  const message = rewrite(error, command);
  const help = command === undefined ? `${PROGRAM} --help` : `${PROGRAM} ${command.name()} --help`;
  return new UsageError(
    [`${message[0]?.toUpperCase()}${message.slice(1)}`, `See "${help}"`],
    { cause: error },
  );
}
