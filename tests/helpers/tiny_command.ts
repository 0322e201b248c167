import { join } from "node:path";
import { encode } from "fast-png";

/** Classes of {@linkcode writeTinyImages}. */
export const TINY_CLASSES = ["dark", "light"];

/** Side of the images in pixels. */
const SIZE = 8;

/** Options of a model so small that plain JavaScript trains it in a moment. */
export const TINY_COMMAND: readonly string[] = [
  ...["--dataset", "folder", "--image-size", String(SIZE), "--images", "all"],
  ...["--validation-fraction", "0.25", "--channels", "8", "--depth", "4", "--batch-size", "5"],
  ...["--statistics-images", "5", "--backend", "cpu"],
];

/** Writes twelve images per class: noise around a dark or a light grey. */
export async function writeTinyImages(folder: string): Promise<void> {
  for (const [label, className] of TINY_CLASSES.entries()) {
    await Deno.mkdir(join(folder, className), { recursive: true });
    for (let image = 0; image < 12; image++) {
      const data = Uint8Array.from(
        { length: SIZE * SIZE * 3 },
        (_, index) => 40 + 120 * label + ((index + 7) * (image + 3) * 31) % 60,
      );
      const png = encode({ width: SIZE, height: SIZE, channels: 3, depth: 8, data });
      await Deno.writeFile(join(folder, className, `${image}.png`), png);
    }
  }
}

/** Gives the body folders for images and for a run, and removes both. */
export async function withCommandFolders(
  body: (data: string, run: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const data = join(folder, "images");
    await writeTinyImages(data);
    await body(data, join(folder, "run"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
