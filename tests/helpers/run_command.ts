import { fileURLToPath } from "node:url";

/** Repository that the tests belong to. */
export const repositoryRoot: string = fileURLToPath(new URL("../..", import.meta.url));

/** What a command left behind. */
export interface CommandResult {
  /** Exit code. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@linkcode runCommand} and {@linkcode spawnCommand}. */
export interface RunCommandOptions {
  /**
   * Folder in which the command starts.
   *
   * @default the repository
   */
  readonly cwd?: string;
  /**
   * Environment variables on top of a clean environment.
   *
   * @default {}
   */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Permissions of the command.
   *
   * @default what the commands need
   */
  readonly permissions?: readonly string[];
  /**
   * File that starts the program.
   *
   * @default "main.ts"
   */
  readonly main?: string;
  /**
   * What the command reads from stdin.
   *
   * @default nothing
   */
  readonly input?: string | Uint8Array<ArrayBuffer>;
}

const PERMISSIONS = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-net",
  "--allow-sys",
  "--allow-ffi",
  "--allow-run",
];

/** Variables of the caller that the command needs to find Deno's cache and the system's libraries. */
const INHERITED = ["HOME", "PATH", "DENO_DIR", "TMPDIR", "XDG_CACHE_HOME", "NPM_CONFIG_REGISTRY"];

function createCommand(argv: readonly string[], options: RunCommandOptions): Deno.Command {
  const env: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  const permissions = options.permissions ?? PERMISSIONS;
  const main = `${repositoryRoot}/${options.main ?? "main.ts"}`;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...permissions, main, ...argv],
    cwd: options.cwd ?? repositoryRoot,
    // NO_COLOR would come from the caller's environment otherwise.
    clearEnv: true,
    env: { ...env, ...options.env },
    stdin: options.input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  });
}

/**
 * Runs the command line in a process of its own, as a user would.
 *
 * @param argv Arguments of the program.
 * @param options Folder, environment, permissions.
 * @returns Exit code and output. Nothing is a terminal, so texts are 80 columns wide.
 */
export async function runCommand(
  argv: readonly string[],
  options: RunCommandOptions = {},
): Promise<CommandResult> {
  const child = createCommand(argv, options).spawn();
  if (options.input !== undefined) {
    await new Response(options.input).body!.pipeTo(child.stdin);
  }
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/**
 * Starts the command line, for tests that send signals or close streams.
 *
 * @param argv Arguments of the program.
 * @param options Folder, environment, permissions.
 * @returns The process; the caller waits for it and closes its streams.
 */
export function spawnCommand(
  argv: readonly string[],
  options: RunCommandOptions = {},
): Deno.ChildProcess {
  return createCommand(argv, options).spawn();
}
