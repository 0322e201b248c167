import type { CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { join } from "node:path";
import { shippedModels } from "./find_run.ts";
import type { ConfigKey } from "../lib/configuration/experiment_config.ts";
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

/** Folders in a folder that hold a file of this name. */
async function foldersWith(file: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const inner = join(folder, name);
      if (isDirectory && await isFile(join(inner, file))) found.push(inner);
    }
  } catch {
    // Nothing there, or nothing that may be read: there is nothing to suggest.
  }
  return found.sort();
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((found) => found.isFile, () => false);
}

/** Run folders of the current folder, and the folders of `models` by their names. */
async function suggestRuns(): Promise<Suggestions> {
  const runs = await foldersWith(RUN_CONFIG_FILE, RUNS);
  const models = shippedModels();
  const shipped = models === null ? [] : await foldersWith(RUN_CONFIG_FILE, models);
  return {
    words: [
      ...runs.map((run) => [run, "run"] as const),
      ...shipped.map((path) => [path.split(/[\\/]/).at(-1)!, "model"] as const),
    ],
    files: true,
  };
}

function fixed(words: readonly string[]): Suggestions {
  return { words: words.map((word) => [word, ""] as const), files: false };
}

const FILES: Suggestions = { words: [], files: true };

/** What is typed so far where a value stands, and how many arguments stand before it. */
interface Place {
  readonly typed: string;
  readonly index: number;
}

type Suggest = (place: Place) => Suggestions | Promise<Suggestions>;

/** Words with commas between them: the last one is suggested, behind those that are there. */
function listed(words: readonly string[], { typed }: Place): Suggestions {
  const start = typed.slice(0, typed.lastIndexOf(",") + 1);
  const taken = start.split(",");
  return fixed(words.filter((word) => !taken.includes(word)).map((word) => `${start}${word}`));
}

async function modelWords(): Promise<Suggestions> {
  return fixed((await import("../lib/models/model_names.ts")).modelNames);
}

/** What to do with a sweep, and the folders of sweeps. */
async function suggestSweeps({ index }: Place): Promise<Suggestions> {
  const { ACTIONS, SWEEPS_FOLDER } = await import("./sweep.ts");
  const { PLAN_FILE } = await import("../lib/sweeps/sweep_plan.ts");
  const sweeps = await foldersWith(PLAN_FILE, SWEEPS_FOLDER);
  const actions = index === 0 ? ACTIONS : [];
  return { words: [...actions, ...sweeps].map((word) => [word, ""] as const), files: true };
}

/** Values of arguments that list no choices; of others they are files. */
const ARGUMENTS: Readonly<Record<string, Suggest>> = {
  run: suggestRuns,
  runs: suggestRuns,
  sources: suggestRuns,
  name: modelWords,
  words: suggestSweeps,
};

/** Tables of the paper that `compare` and `sweep` know. */
const TABLES = ["1", "2", "3", "4", "5", "6"];

/** Values of options that list no choices, by their name or that of their value. */
const OPTIONS: Readonly<Record<string, Suggest>> = {
  "--backend": () => fixed(["auto", "tensorflow", "webgpu", "wasm"]),
  "--resume": suggestRuns,
  "--measure": () => keyWords("--complexity"),
  "--preset": async () => fixed((await import("../lib/paper/presets.ts")).PRESET_NAMES),
  presets: async (place) => listed((await import("../lib/paper/presets.ts")).PRESET_NAMES, place),
  numbers: (place) => listed([...place.typed === "" ? ["all"] : [], ...TABLES], place),
  "path=value": suggestSettings,
  run: suggestRuns,
  file: () => FILES,
  folder: () => FILES,
  path: () => FILES,
};

/** Words that the key of an option may have, beside numbers. */
async function keyWords(flag: string): Promise<Suggestions> {
  const { CONFIG_KEYS } = await import("../lib/configuration/experiment_config.ts");
  const key = CONFIG_KEYS.find(({ option }) => option.split(" ")[0] === flag);
  return fixed(key === undefined ? [] : wordsOf(key));
}

function wordsOf({ allowed, orNull }: Pick<ConfigKey, "allowed" | "orNull">): string[] {
  const words = allowed.replace(/^one of /, "").split(/, or |, | or /)
    .filter((word) => /^[a-z][\w-]*$/.test(word) && word !== "null");
  return [...words, ...orNull === undefined ? [] : [orNull[0]]];
}

/** Paths of keys, and behind the equals sign their words. */
async function suggestSettings({ typed }: Place): Promise<Suggestions> {
  const { CONFIG_KEYS } = await import("../lib/configuration/experiment_config.ts");
  return fixed(
    CONFIG_KEYS.flatMap((key) =>
      typed.startsWith(`${key.path}=`)
        ? wordsOf(key).map((word) => `${key.path}=${word}`)
        : [`${key.path}=`]
    ),
  );
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
  if (value !== undefined && name!.startsWith("-")) {
    const { words, files } = await suggestValueOf(findOption(command, name!), value);
    return { words: words.map(([word, meaning]) => [`${name}=${word}`, meaning]), files };
  }
  const previous = findOption(command, before.at(-1) ?? "");
  if (takesValue(previous)) return await suggestValueOf(previous, last);
  if (last.startsWith("-")) return suggestOptions(command);
  const { registeredArguments: all } = command;
  const index = argumentsBefore(command, before);
  const argument = all[index] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
  if (argument === undefined) return fixed([]);
  const { argChoices } = argument;
  if (argChoices !== undefined) return fixed(argChoices);
  return await ARGUMENTS[argument.name()]?.({ typed: last, index }) ?? FILES;
}

async function suggestValueOf(option: Option | undefined, typed: string): Promise<Suggestions> {
  if (option === undefined) return FILES;
  const { argChoices, defaultValue, flags, long } = option;
  if (argChoices !== undefined) return fixed(argChoices);
  const place = { typed, index: 0 };
  const suggest = OPTIONS[long ?? ""] ?? OPTIONS[/<(.+)>/.exec(flags)?.[1] ?? ""];
  if (suggest !== undefined) return await suggest(place);
  // A list that is complete where nothing is said.
  const all: unknown[] = Array.isArray(defaultValue) ? defaultValue : [];
  const words = all.filter((word) => typeof word === "string");
  return words.length > 0 ? listed(words, place) : await keyWords(long!);
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
