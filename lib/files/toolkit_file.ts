let root = new URL("../../", import.meta.url);

/**
 * Says where the files lie that come with the toolkit. Only an entry that holds the whole toolkit in one script needs it:
 * its modules no longer know their places.
 *
 * @param folder Address of the folder, with `/` at its end.
 */
export function setToolkitFolder(folder: URL): void {
  root = folder;
}

/**
 * Address of a file that comes with the toolkit.
 *
 * @param path Path from the root of the repository, with `/`.
 * @returns Its address; the file need not exist.
 */
export function toolkitFile(path: string): URL {
  return new URL(path, root);
}
