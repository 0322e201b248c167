/**
 * Whether a program can be started, for tests that are left out without it.
 *
 * @param name Its name.
 * @returns The answer.
 */
export function hasProgram(name: string): boolean {
  try {
    new Deno.Command(name, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync();
    return true;
  } catch {
    return false;
  }
}
