const ROOT = new URL("../../", import.meta.url);

/**
 * Address of a file that comes with the toolkit; in a bundle such files lie beside the script.
 *
 * @param path Path from the root of the repository, with `/`.
 * @returns Its address; the file need not exist.
 */
export function toolkitFile(path: string): URL {
  return new URL(path, ROOT);
}
