import { isGranted } from "../permissions.ts";

/** The files that tell of a machine's GPU; a test simulates a machine by another set. */
export interface MachineFiles {
  /** Text of a file, or `null` where it cannot be read. */
  readText(path: string): Promise<string | null>;
  /** Names in a folder; none where it cannot be read. */
  list(path: string): Promise<string[]>;
  /** Whether there is such a file. */
  exists(path: string): Promise<boolean>;
}

/** Asked for beforehand: in a terminal, Deno would stop and prompt. */
async function isReadable(path: string): Promise<boolean> {
  return await isGranted({ name: "read", path });
}

/** This machine's files. What Deno may not read does not exist. */
export const machineFiles: MachineFiles = {
  async readText(path) {
    try {
      return await isReadable(path) ? await Deno.readTextFile(path) : null;
    } catch {
      return null;
    }
  },
  async list(path) {
    try {
      return await isReadable(path)
        ? (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).sort()
        : [];
    } catch {
      return [];
    }
  },
  async exists(path) {
    try {
      return await isReadable(path) && await Deno.stat(path) !== null;
    } catch {
      return false;
    }
  },
};
