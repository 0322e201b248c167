/** Why a test that needs a file system of its own is left out; `null` where it can run. */
export const mountProblem: string | null = (() => {
  if (Deno.build.os !== "linux") return "not Linux";
  try {
    const { success } = new Deno.Command("unshare", {
      args: ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
      stdout: "null",
      stderr: "null",
    }).outputSync();
    return success ? null : "no right to mount";
  } catch {
    return "no unshare";
  }
})();

/** What a command on a small disk left behind. */
export interface SmallDiskResult {
  readonly code: number;
  readonly stderr: string;
}

/**
 * Runs the command line (or a script) with a small disk mounted at a folder, which it alone sees. What is on the disk at the end is
 * copied beside the folder.
 *
 * @param argv Arguments of the program.
 * @param disk Mount options (`size=200k`), the folder, and where the content is copied to.
 */
export async function runOnSmallDisk(
  argv: readonly string[],
  disk: {
    readonly options: string;
    readonly folder: string;
    readonly copy: string;
    /** Script to run; the command line by default. */
    readonly program?: string;
  },
): Promise<SmallDiskResult> {
  const program = disk.program ?? new URL("../../main.ts", import.meta.url).pathname;
  const script = 'mount -t tmpfs -o "$1" tmpfs "$2" || exit 99; copy=$3; folder=$2; shift 3; ' +
    '"$@"; code=$?; cp -a "$folder" "$copy"; exit $code';
  const permissions = ["--allow-read", "--allow-write", "--allow-env", "--allow-sys"]
    .concat("--allow-net=127.0.0.1");
  const { code, stderr } = await new Deno.Command("unshare", {
    args: ["-m", "bash", "-c", script, "bash", disk.options, disk.folder, disk.copy].concat(
      [Deno.execPath(), "run", "--no-prompt", ...permissions, program, ...argv],
    ),
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}
