/**
 * The house rules that no linter knows, as a script: sizes of files and functions, directions and circles
 * of imports, words that must not appear in the library, documentation of exports, exports that nobody imports. Prints `file:line: what is wrong`
 * for every offence and exits with 1 if there is any.
 *
 * It reads text, not syntax trees: `deno fmt` has given every file the same shape, so that a top-level
 * declaration ends at the first line that closes it with the same indentation.
 */
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import {
  findCircles,
  importGraph,
  importsOf,
  resolveImport,
  type SourceFile,
} from "./structure/import_graph.ts";
import { refuseDirection, roomOf } from "./structure/storeys.ts";

/** Longest file, in lines. */
const MAX_FILE_LINES = 337;

/** Longest function, in lines. */
const MAX_FUNCTION_LINES = 55;

/** Where a rule was broken. */
export interface Offence {
  /** File, relative to the repository. */
  readonly file: string;
  /** Line, counted from 1. */
  readonly line: number;
  /** What is wrong, and the limit. */
  readonly message: string;
}

type Rule = (source: SourceFile, lines: readonly string[]) => Offence[];

/** TensorFlow.js packages that belong to one platform. */
const PLATFORM_PACKAGE = /@tensorflow\/tfjs(?:-backend-|-node|["'])/;

/** First line of a function or method; the name is the first group that is set. */
const FUNCTION_START =
  /^\s*(?:export )?(?:default )?(?:static )?(?:async )?(?:function\*? ?(\w+)|(?:override )?(?:get |set )?(#?\w+)(?:<[^>]*>)?\((?![^()]*\)[;,]))/;

/** Words that look like a method where a line starts with them. */
const KEYWORDS: ReadonlySet<string> = new Set(["if", "for", "while", "switch", "catch", "return"]);

function checkFileLength({ file }: SourceFile, lines: readonly string[]): Offence[] {
  const count = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  if (count <= MAX_FILE_LINES) return [];
  return [{ file, line: 1, message: `${count} lines, at most ${MAX_FILE_LINES} are allowed` }];
}

/** Line on which a block that starts on `start` ends; `null` if the line starts no block. */
function findEnd(lines: readonly string[], start: number): number | null {
  const indent = /^\s*/.exec(lines[start]!)![0];
  for (let line = start; line < lines.length; line++) {
    const text = lines[line]!;
    if (line > start && text.startsWith(`${indent}}`) && !/^\s*\}[^;]*\{$/.test(text)) return line;
    // A call or a signature without a body.
    if (/;$/.test(text) && text.startsWith(indent) && !text.startsWith(`${indent} `)) return null;
  }
  return null;
}

function checkFunctionLengths({ file }: SourceFile, lines: readonly string[]): Offence[] {
  return lines.flatMap((text, start) => {
    const match = FUNCTION_START.exec(text);
    const name = match?.[1] ?? match?.[2];
    // A line that ends with a comma is a call among others, whatever it has in its parentheses.
    if (name === undefined || KEYWORDS.has(name) || text.endsWith(",")) return [];
    const end = findEnd(lines, start);
    const count = end === null ? 0 : end - start + 1;
    if (count <= MAX_FUNCTION_LINES) return [];
    const message = `${name}() has ${count} lines, at most ${MAX_FUNCTION_LINES} are allowed`;
    return [{ file, line: start + 1, message }];
  });
}

/** Why a file must not import a specifier; `null` if it may. */
function refuseImport(file: string, specifier: string): string | null {
  if (/\/mod\.ts$/.test(specifier)) return `import the file, not ${specifier}`;
  const target = resolveImport(file, specifier);
  const direction = target === null ? null : refuseDirection(file, target);
  if (direction !== null) return direction;
  // tasks/native builds the binding of such a package; it never runs it.
  const mayName = file.startsWith("lib/backends/") || file.startsWith("tasks/native/");
  if (!mayName && PLATFORM_PACKAGE.test(`${specifier}"`)) {
    return `only lib/backends may name the platform package ${specifier}`;
  }
  return null;
}

function checkImports({ file, text }: SourceFile): Offence[] {
  return importsOf(text).flatMap(({ line, specifier }) => {
    const message = refuseImport(file, specifier);
    return message === null ? [] : [{ file, line, message }];
  });
}

/** Words that must not appear in the library, with the reason. */
const FORBIDDEN_IN_LIBRARY: readonly (readonly [pattern: RegExp, message: string])[] = [
  [/\.(?:dataSync|arraySync)\(/, "WebGPU has no synchronous read; await data() or array()"],
  [/\bconsole\.\w+\(/, "lib must not write to the terminal; report to the caller"],
  [/\bDeno\.(?:stdout|stderr)\b/, "lib must not write to the terminal; report to the caller"],
  [/\bDeno\.exit\(/, "lib must not end the process; throw"],
];

function checkForbidden({ file }: SourceFile, lines: readonly string[]): Offence[] {
  if (!file.startsWith("lib/")) return [];
  return lines.flatMap((text, index) => {
    if (/^\s*(?:\*|\/\/|\/\*)/.test(text)) return [];
    return FORBIDDEN_IN_LIBRARY
      .filter(([pattern]) => pattern.test(text))
      .map(([, message]) => ({ file, line: index + 1, message }));
  });
}

const EXPORTED =
  /^export (?:default )?(?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|interface|type|const|enum) (\w+)/;

function checkDocumentation({ file }: SourceFile, lines: readonly string[]): Offence[] {
  if (!file.startsWith("lib/") && !file.startsWith("cli/")) return [];
  return lines.flatMap((text, index) => {
    const name = EXPORTED.exec(text)?.[1];
    // Overloads share the comment of the first.
    const isOverload = name !== undefined &&
      lines.slice(0, index).some((earlier) => EXPORTED.exec(earlier)?.[1] === name);
    let above = index - 1;
    while (/^\/\/ deno-lint-ignore/.test(lines[above] ?? "")) above--;
    if (name === undefined || isOverload || /\*\/\s*$/.test(lines[above] ?? "")) return [];
    return [{ file, line: index + 1, message: `${name} is exported without a doc comment` }];
  });
}

const RULES: readonly Rule[] = [
  checkFileLength,
  checkFunctionLengths,
  checkImports,
  checkForbidden,
  checkDocumentation,
];

/**
 * Checks one file.
 *
 * @param source The file.
 * @returns Every offence, rule by rule.
 */
export function checkSource(source: SourceFile): Offence[] {
  const lines = source.text.split("\n");
  return RULES.flatMap((rule) => rule(source, lines));
}

/**
 * Checks files against each other.
 *
 * @param sources The files.
 * @returns One offence per circle of files, and one per circle of rooms.
 */
export function checkCircles(sources: readonly SourceFile[]): Offence[] {
  const graphs = [importGraph(sources), importGraph(sources, roomOf)];
  return graphs.flatMap(findCircles).map((circle) => ({
    file: circle[0]!,
    line: 1,
    message: `imports go in a circle: ${circle.join(", ")}`,
  }));
}

/** Values only: a type is exported with the function that speaks of it. */
const EXPORTED_VALUE = /^export (?:async )?(?:function\*?|class|const) (\w+)/;

/** Texts that import from a file; `whole` where one exports all of it, for the programs of others. */
interface Readers {
  readonly texts: string[];
  whole: boolean;
}

function readersOf(sources: readonly SourceFile[]): Map<string, Readers> {
  const readers = new Map<string, Readers>();
  for (const { file, text } of sources) {
    for (const { specifier } of importsOf(text)) {
      const target = resolveImport(file, specifier) ?? specifier;
      const found = readers.get(target) ?? { texts: [], whole: false };
      found.texts.push(text);
      found.whole ||= text.includes(`export * from "${specifier}"`);
      readers.set(target, found);
    }
  }
  return readers;
}

/**
 * Checks that what is exported is imported.
 *
 * @param sources The files.
 * @param others Files that are not checked and import from them: tests.
 * @returns One offence per value that nobody imports.
 */
export function checkExports(
  sources: readonly SourceFile[],
  others: readonly SourceFile[] = [],
): Offence[] {
  const readers = readersOf([...sources, ...others]);
  return sources.flatMap(({ file, text }) => {
    const { texts, whole } = readers.get(file) ?? { texts: [], whole: false };
    return text.split("\n").flatMap((line, index) => {
      const name = EXPORTED_VALUE.exec(line)?.[1];
      if (name === undefined || whole) return [];
      if (texts.some((reader) => new RegExp(`\\b${name}\\b`).test(reader))) return [];
      return [{ file, line: index + 1, message: `${name} is exported, and nobody imports it` }];
    });
  });
}

async function* listSources(root: string, folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.name === "node_modules") continue;
    if (entry.isDirectory) yield* listSources(root, path);
    else if (/\.tsx?$/.test(entry.name)) yield relative(root, path).replaceAll("\\", "/");
  }
}

async function readSources(root: string, folders: readonly string[]): Promise<SourceFile[]> {
  const files: string[] = [];
  for (const folder of folders) {
    for await (const file of listSources(root, join(root, folder))) files.push(file);
  }
  return await Promise.all(
    files.sort().map(async (file) => ({ file, text: await Deno.readTextFile(join(root, file)) })),
  );
}

/**
 * Checks a repository: `main.ts` and everything in `lib`, `cli` and `tasks`.
 *
 * @param root Folder of the repository.
 * @returns Every offence, and the number of files read.
 */
export async function checkRepository(
  root: string,
): Promise<{ readonly offences: Offence[]; readonly files: number }> {
  const main = { file: "main.ts", text: await Deno.readTextFile(join(root, "main.ts")) };
  const sources = [main, ...await readSources(root, ["lib", "cli", "tasks"])];
  const others = await readSources(root, ["tests", "docs/examples"]);
  return {
    offences: [
      ...sources.flatMap(checkSource),
      ...checkCircles(sources),
      ...checkExports(sources, others),
    ],
    files: sources.length,
  };
}

if (import.meta.main) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const { offences, files } = await checkRepository(root);
  for (const { file, line, message } of offences) console.error(`${file}:${line}: ${message}`);
  console.error(
    offences.length === 0 ? `${files} files keep the house rules` : `${offences.length} offences`,
  );
  if (offences.length > 0) Deno.exit(1);
}
