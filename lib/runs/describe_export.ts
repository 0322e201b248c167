import { join } from "node:path";
import { CheckpointError } from "../errors.ts";
import { isObject } from "../files/is_object.ts";
import { pathExists } from "../files/path_exists.ts";
import { readBoundedText } from "../read_bounded.ts";

/** Name of the file in which an export for other programs says what it is. */
export const EXPORT_FILE = "export.json";

/** It lists classes and levels, some 100 bytes each. */
const BOUNDS = { maxBytes: 64e6, refusal: CheckpointError };

/** Files of a page; no other export has both. */
const PAGE_FILES = ["index.html", "model.js"];

/** The format that the file names; `null` where it is missing, damaged or of something else. */
async function readFormat(folder: string): Promise<string | null> {
  try {
    const content: unknown = JSON.parse(await readBoundedText(join(folder, EXPORT_FILE), BOUNDS));
    const format = isObject(content) ? content["format"] : null;
    return typeof format === "string" && /^[a-z]{1,20}$/.test(format) ? format : null;
  } catch {
    return null;
  }
}

/**
 * Says what a folder is that was exported for other programs, and so is no run.
 *
 * @param folder The folder.
 * @returns `an export in the format onnx`; `null` for any other folder.
 */
export async function describeExport(folder: string): Promise<string | null> {
  const format = await readFormat(folder);
  if (format !== null) return `an export in the format ${format}`;
  const arePageFiles = await Promise.all(
    PAGE_FILES.map((name) => pathExists(join(folder, name)).catch(() => false)),
  );
  return arePageFiles.every(Boolean) ? "an export as a page (--format web)" : null;
}
