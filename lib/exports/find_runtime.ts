import { createRequire } from "node:module";
import { join } from "node:path";

/** Where a package was looked for, and what was found. */
export type FoundRuntime<Module> =
  | { readonly module: Module }
  | { readonly missing: string };

/**
 * Looks for an npm package by Node's rule: in `node_modules` of a folder and of the folders above it. Such packages are
 * large and only check what was written, so the toolkit neither brings them nor downloads them.
 *
 * @param name Name of the package, with the part of it that is wanted.
 * @param folder Where the search starts.
 * @returns The module, or why there is none.
 */
export function findRuntime<Module>(name: string, folder: string): FoundRuntime<Module> {
  try {
    return { module: createRequire(join(folder, "any.js"))(name) as Module };
  } catch {
    const project = name.split("/").slice(0, name.startsWith("@") ? 2 : 1).join("/");
    return { missing: `${project} is not installed (npm install ${project})` };
  }
}
