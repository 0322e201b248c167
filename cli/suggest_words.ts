import type { CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { join } from "node:path";
import { shippedModels } from "./find_run.ts";
import { RUN_CONFIG_FILE } from "../lib/runs/run_folder.ts";

/** What can stand where the cursor is. */
export interface Suggestions {
  /** Words with what they mean; the shell picks those that fit what was typed. */
  readonly words: readonly (readonly [word: string, meaning: string])[];
  /** Names of files may stand there too. */
  readonly files: boolean;
}

/** Folder in which people keep runs, as the examples do. */
const RUNS = "runs";

async function foldersWithRuns(folder: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const run = join(folder, name);
      if (isDirectory && await isFile(join(run, RUN_CONFIG_FILE))) found.push(run);
    }
  } catch {
    // Nothing there, or nothing that may be read: there is nothing to suggest.
  }
  return found.sort();
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((found) => found.isFile, () => false);
}

/** Run folders of the current folder, and models that come with the toolkit by their names. */
async function suggestRuns(): Promise<Suggestions> {
  const runs = await foldersWithRuns(RUNS);
  const models = shippedModels();
  const shipped = models === null ? [] : await foldersWithRuns(models);
  return {
    words: [
      ...runs.map((run) => [run, "run"] as const),
      ...shipped.map((path) => [path.split(/[\\/]/).at(-1)!, "comes with the toolkit"] as const),
    ],
    files: true,
  };
}

function fixed(words: readonly string[]): Suggestions {
  return { words: words.map((word) => [word, ""] as const), files: false };
}

const FILES: Suggestions = { words: [], files: true };

/** Values that options and arguments take without listing them as choices. */
const VALUES: Readonly<Record<string, () => Suggestions | Promise<Suggestions>>> = {
  run: suggestRuns,
  runs: suggestRuns,
  resume: suggestRuns,
  backend: () => fixed(["auto", "tensorflow", "webgpu", "wasm"]),
  model: async () => fixed((await import("../lib/models/model_names.ts")).modelNames),
  preset: async () => fixed((await import("../lib/paper/presets.ts")).PRESET_NAMES),
};

async function suggestValue(
  name: string,
  choices: readonly string[] | undefined,
): Promise<Suggestions> {
  return choices === undefined ? await VALUES[name]?.() ?? FILES : fixed(choices);
}

function findOption(command: CommandUnknownOpts, word: string): Option | undefined {
  return command.options.find((option) => option.long === word || option.short === word);
}

function takesValue(option: Option | undefined): boolean {
  return option !== undefined && (option.required || option.optional);
}

/** Words before the cursor that are arguments of the command. */
function argumentsBefore(command: CommandUnknownOpts, words: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (!word.startsWith("-")) count += 1;
    else if (!word.includes("=") && takesValue(findOption(command, word))) at += 1;
  }
  return count;
}

function suggestOptions(command: CommandUnknownOpts): Suggestions {
  const options = command.createHelp().visibleOptions(command);
  return {
    words: options.map((option) => [option.long ?? option.short!, option.description] as const),
    files: false,
  };
}

async function suggestWithin(
  command: CommandUnknownOpts,
  before: readonly string[],
  last: string,
): Promise<Suggestions> {
  const [name, value] = last.split(/=(.*)/s);
  if (value !== undefined) {
    const { words, files } = await suggestValueOf(findOption(command, name!));
    return { words: words.map(([word, meaning]) => [`${name}=${word}`, meaning]), files };
  }
  const previous = findOption(command, before.at(-1) ?? "");
  if (takesValue(previous)) return await suggestValueOf(previous);
  if (last.startsWith("-")) return suggestOptions(command);
  const { registeredArguments: all } = command;
  const argument = all[argumentsBefore(command, before)] ??
    (all.at(-1)?.variadic ? all.at(-1) : undefined);
  if (argument === undefined) return fixed([]);
  return await suggestValue(argument.name(), argument.argChoices);
}

async function suggestValueOf(option: Option | undefined): Promise<Suggestions> {
  if (option === undefined) return FILES;
  return await suggestValue(option.name(), option.argChoices);
}

/**
 * Finds what can stand where the cursor is.
 *
 * @param program The program, with the command in full that the words name.
 * @param words Words of the command line without the program, the one at the cursor last, which may be empty.
 * @returns Commands, options, their values, run folders.
 */
export async function suggestWords(
  program: CommandUnknownOpts,
  words: readonly string[],
): Promise<Suggestions> {
  const last = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const at = before.findIndex((word) => !word.startsWith("-"));
  const name = at < 0 ? undefined : before[at];
  const commands = program.commands.map((each) => [each.name(), each.summary()] as const);
  const asked: readonly (readonly [string, string])[] = [
    ...commands,
    ["help", "show the help of a command"],
  ];
  if (name === undefined) {
    return last.startsWith("-") ? suggestOptions(program) : { words: asked, files: false };
  }
  if (name === "help") return { words: before.length === at + 1 ? commands : [], files: false };
  const command = program.commands.find((each) => each.name() === name);
  return command === undefined
    ? fixed([])
    : await suggestWithin(command, before.slice(at + 1), last);
}
