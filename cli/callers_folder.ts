import { fileURLToPath } from "node:url";

/** Where the toolkit lies; `deno task` starts every command there. */
const ROOT = new URL("../", import.meta.url);

/**
 * Goes back to the folder in which the user typed `deno task`, so that relative paths mean what the user sees. Does
 * nothing where the command was started otherwise, or Deno may not look.
 */
export async function enterCallersFolder(): Promise<void> {
  const variable = "INIT_CWD";
  const environment = await Deno.permissions.query({ name: "env", variable });
  const reading = await Deno.permissions.query({ name: "read" });
  if (environment.state !== "granted" || reading.state !== "granted") return;
  const folder = Deno.env.get(variable);
  // A program that started this one may have left the variable of its own start.
  if (folder === undefined || ROOT.protocol !== "file:") return;
  if (Deno.cwd() !== fileURLToPath(ROOT).replace(/[\\/]$/, "")) return;
  try {
    Deno.chdir(folder);
  } catch {
    // A folder that is gone: paths stay those of the toolkit's folder.
  }
}
