import { describeGiven, isPlainObject } from "../arguments/describe_given.ts";
import { localPath } from "../arguments/local_path.ts";
import { givenEntries } from "../arguments/require_options.ts";
import type { ConfigOverride } from "../configuration/config_words.ts";
import type { DataConfig } from "../datasets/data_config.ts";

/** Which images: a folder of pictures with one folder per class, of which all are taken, or settings by name. */
export type DataSettings =
  | string
  | URL
  | Omit<Partial<DataConfig>, "directory"> & { readonly directory?: string | URL };

/**
 * Turns a section of what a program asks for into single keys of the configuration.
 *
 * @param section The section.
 * @param given Its settings by name; `undefined` asks for nothing.
 * @param otherwise What else it may be, for the message: `a name`.
 * @returns The keys that are given.
 * @throws {TypeError} if it is no object with keys.
 */
export function sectionOverrides(
  section: "data" | "model" | "training",
  given: unknown,
  otherwise?: string,
): ConfigOverride[] {
  if (given === undefined) return [];
  if (!isPlainObject(given)) {
    const forms = [otherwise, "an object of settings"].filter((form) => form !== undefined);
    throw new TypeError(
      `Cannot use the settings: ${section} must be ${forms.join(" or ")}, current value is ${
        describeGiven(given)
      }`,
    );
  }
  return givenEntries(given, `settings of ${section}`)
    .map(([name, value]) => ({ path: `${section}.${name}`, value }));
}

/**
 * Turns what a program says of its images into keys of the configuration.
 *
 * @param data The images.
 * @returns The keys that are given.
 * @throws {TypeError} if it is neither a folder nor an object with keys.
 */
export function dataOverrides(data: DataSettings | undefined): ConfigOverride[] {
  if (typeof data === "string" || data instanceof URL) {
    const directory = localPath(data, "Cannot use the settings: data");
    return sectionOverrides("data", { dataset: "folder", directory, images: null });
  }
  const overrides = sectionOverrides("data", data, "a folder (a path or a file: URL)");
  return overrides.map((override) => {
    const { path, value } = override;
    if (path !== "data.directory" || !(value instanceof URL)) return override;
    return { path, value: localPath(value, `Cannot use the settings: ${path}`) };
  });
}
