function partsOf(path: string): string[] {
  return path.split(/[\\/]/).filter((name) => name !== "" && name !== ".");
}

/**
 * The last part of a path: what people call a run.
 *
 * @param path The path, of this system or another.
 * @returns Its last part; the path itself where it has none.
 */
export function nameOfPath(path: string): string {
  return partsOf(path).at(-1) ?? path;
}

/**
 * The last parts of paths, as many of each as tell it from the others.
 *
 * @param paths The paths.
 * @returns One name each; of paths that are the same the same, in full.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const names = tellingNames(["results/alexnet", "results/tables/alexnet", "results/vgg"]);
 * assert.deepEqual(names, ["results/alexnet", "tables/alexnet", "vgg"]);
 * ```
 */
export function tellingNames(paths: readonly string[]): string[] {
  const all = paths.map(partsOf);
  const tail = (parts: readonly string[], length: number) => parts.slice(-length).join("/");
  return all.map((parts, at) => {
    for (let length = 1; length <= parts.length; length++) {
      const name = tail(parts, length);
      if (all.every((other, index) => index === at || tail(other, length) !== name)) return name;
    }
    return paths[at]!;
  });
}
