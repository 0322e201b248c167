import { dirname } from "node:path";
import { CUDA_BUILDS } from "../../lib/backends/cuda/cuda_build.ts";
import { type MachineFiles, machineFiles } from "../../lib/backends/cuda/machine_files.ts";
import { runTool } from "./run_tool.ts";

/** Libraries of one CUDA that a machine has. */
export interface FoundLibraries {
  /** Names that were found with their paths. */
  readonly found: ReadonlyMap<string, string>;
  /** Names that were not. */
  readonly missing: readonly string[];
}

/** Where libraries are looked for; a test simulates a machine by others. */
export interface LibrarySources {
  /** What `ldconfig -p` writes: every library that the system's loader knows. */
  readonly listLoader: () => Promise<string>;
  /** `LD_LIBRARY_PATH`. */
  readonly libraryPath: string | undefined;
  /** The machine's files. */
  readonly files: MachineFiles;
}

async function listLoader(): Promise<string> {
  try {
    const { stdout } = await runTool(["ldconfig", "-p"], {
      purpose: "list the system's libraries",
    });
    return stdout;
  } catch {
    return "";
  }
}

/**
 * Looks for the CUDA libraries of tfjs-node-gpu's own binaries: CUDA 11.2 and cuDNN 8.1, or later ones of the same
 * first number. Only places where the system's loader finds them count; CUDA that lies in its own folder and is not
 * registered would be there and not be used.
 *
 * @param sources Where to look.
 * @returns Which of them are there.
 */
export async function findPrebuiltCuda(
  sources: LibrarySources = {
    listLoader,
    libraryPath: Deno.env.get("LD_LIBRARY_PATH"),
    files: machineFiles,
  },
): Promise<FoundLibraries> {
  const known = parseLoaderList(await sources.listLoader());
  const found = new Map<string, string>();
  const missing: string[] = [];
  for (const name of CUDA_BUILDS.prebuilt.libraries) {
    const path = await findInFolders(name, sources) ?? known.get(name);
    if (path === undefined) missing.push(name);
    else found.set(name, path);
  }
  return { found, missing };
}

async function findInFolders(
  name: string,
  { libraryPath, files }: LibrarySources,
): Promise<string | undefined> {
  for (const folder of (libraryPath ?? "").split(":").filter((entry) => entry !== "")) {
    if (await files.exists(`${folder}/${name}`)) return `${folder}/${name}`;
  }
  return undefined;
}

/**
 * Reads lines such as `libcudart.so.11.0 (libc6,x86-64) => /usr/local/cuda-11.2/lib64/libcudart.so.11.0`.
 *
 * @returns Paths by name.
 */
export function parseLoaderList(text: string): Map<string, string> {
  const lines = text.matchAll(/^\s*(\S+) \(.*\) => (\S+)$/gm);
  return new Map([...lines].map(([, name, path]) => [name!, path!]));
}

/** Folders that hold the libraries, for a report. */
export function foldersOf({ found }: FoundLibraries): string[] {
  return [...new Set([...found.values()].map((path) => dirname(path)))].sort();
}
