import { repositoryRoot } from "./run_command.ts";

/**
 * Runs a piece of a program in a process of its own, for what belongs to a whole process: its folder, its memory.
 *
 * @param source TypeScript; relative imports are from the repository.
 * @param cwd Folder in which the process starts.
 * @param permissions What it may do.
 * @returns What it prints.
 */
export async function runModule(
  source: string,
  cwd: string = repositoryRoot,
  permissions: readonly string[] = ["--allow-read"],
): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const root = new URL("../../", import.meta.url).href;
    await Deno.writeTextFile(file, source.replaceAll('from "./', `from "${root}`));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", ...permissions, "--config", `${repositoryRoot}/deno.json`, file],
      cwd,
    }).output();
    const text = new TextDecoder();
    if (!success) throw new Error(text.decode(stderr));
    return text.decode(stdout);
  } finally {
    await Deno.remove(file);
  }
}
