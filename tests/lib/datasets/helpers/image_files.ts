import { encode } from "fast-png";
import { dirname, join } from "node:path";

/** Writes small PNG files of one colour each; the colour follows from the position in the list. */
export async function writeImages(folder: string, files: readonly string[]): Promise<void> {
  for (const [index, file] of files.entries()) {
    await Deno.mkdir(dirname(join(folder, file)), { recursive: true });
    await Deno.writeFile(join(folder, file), makePng(index));
  }
}

/** A PNG of 4 x 4 pixels of the grey level given. */
export function makePng(grey: number): Uint8Array {
  const data = new Uint8Array(48).fill(grey);
  return encode({ width: 4, height: 4, data, depth: 8, channels: 3 });
}
