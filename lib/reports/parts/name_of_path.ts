/**
 * The last part of a path: what people call a run.
 *
 * @param path The path, of this system or another.
 * @returns Its last part; the path itself where it has none.
 */
export function nameOfPath(path: string): string {
  return path.split(/[\\/]/).filter((name) => name !== "").at(-1) ?? path;
}
