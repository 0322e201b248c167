import configuration from "../../deno.json" with { type: "json" };

/** Version of the toolkit, from `deno.json`. */
export const TOOLKIT_VERSION: string = configuration.version;

/**
 * Version of a package that the toolkit is pinned to.
 *
 * @param name Name in the import map of `deno.json`.
 * @returns The exact version.
 * @throws {RangeError} if the import map does not have the package.
 */
export function pinnedVersion(name: string): string {
  const imports: Readonly<Record<string, string>> = configuration.imports;
  const specifier = Object.hasOwn(imports, name) ? imports[name] : undefined;
  const version = specifier?.split("@").at(-1);
  if (version === undefined) {
    throw new RangeError(
      `Cannot find package ${name}: the import map of deno.json has no such name`,
    );
  }
  return version;
}
