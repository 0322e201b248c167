import { posix } from "node:path";

/** A file of the repository. */
export interface SourceFile {
  /** Path relative to the repository, with `/`. */
  readonly file: string;
  readonly text: string;
}

/** An import, or an export from another file. */
export interface ImportLine {
  /** Line on which the import names its source, counted from 1. */
  readonly line: number;
  /** What is imported, as it is written. */
  readonly specifier: string;
}

/** Which files a file imports, types included; paths are relative to the repository. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

const SPECIFIER = /(?<=^|\s)(?:from|import)\s*\(?\s*["']([^"'\n]+)["']/g;

const COMMENT = /^\s*(?:\*|\/\/)/;

/**
 * Finds the imports of a file by its text. Examples in comments do not count.
 *
 * @param text Text of the file.
 * @returns The imports in order, dynamic ones and those of types included.
 */
export function importsOf(text: string): ImportLine[] {
  return [...text.matchAll(SPECIFIER)].flatMap((match) => {
    const before = text.slice(0, match.index).split("\n");
    if (COMMENT.test(before.at(-1)! + match[0])) return [];
    return [{ line: before.length, specifier: match[1]! }];
  });
}

/**
 * Resolves a relative specifier.
 *
 * @param file The importing file.
 * @param specifier What it imports.
 * @returns The imported file; `null` for a package.
 */
export function resolveImport(file: string, specifier: string): string | null {
  return specifier.startsWith(".") ? posix.join(posix.dirname(file), specifier) : null;
}

/**
 * Draws who imports whom.
 *
 * @param sources The files.
 * @param nodeOf Joins files to one node, such as the room that they stand in; every file is its own by default.
 * @returns The files that each imports; only such as are among the sources, and no node itself.
 */
export function importGraph(
  sources: readonly SourceFile[],
  nodeOf: (file: string) => string = (file) => file,
): ImportGraph {
  const known = new Set(sources.map(({ file }) => file));
  const graph = new Map<string, Set<string>>();
  for (const { file, text } of sources) {
    const node = nodeOf(file);
    const targets = graph.get(node) ?? new Set<string>();
    graph.set(node, targets);
    for (const { specifier } of importsOf(text)) {
      const target = resolveImport(file, specifier);
      if (target === null || !known.has(target)) continue;
      if (nodeOf(target) !== node) targets.add(nodeOf(target));
    }
  }
  return new Map([...graph].map(([node, targets]) => [node, [...targets]]));
}

/** Nodes that can be reached from a node, itself only through a circle. */
function reachableFrom(graph: ImportGraph, start: string): Set<string> {
  const reached = new Set<string>();
  const open = [...graph.get(start) ?? []];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    open.push(...graph.get(node) ?? []);
  }
  return reached;
}

/**
 * Finds circles of imports.
 *
 * @param graph Who imports whom.
 * @returns The groups of nodes that all reach each other, each sorted, in the order of their first nodes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const graph = new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]]);
 * assert.deepEqual(findCircles(graph), [["b", "c"]]);
 * ```
 */
export function findCircles(graph: ImportGraph): string[][] {
  const reachable = new Map([...graph.keys()].map((node) => [node, reachableFrom(graph, node)]));
  const circles = new Map<string, string[]>();
  for (const node of [...graph.keys()].sort()) {
    const ahead = reachable.get(node)!;
    if (!ahead.has(node)) continue;
    const circle = [...ahead].filter((other) => reachable.get(other)?.has(node)).sort();
    circles.set(circle[0]!, circle);
  }
  return [...circles.values()];
}
