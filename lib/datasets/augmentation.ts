import type { RandomStream } from "../randomness/random_stream.ts";

/** Options of `augmentImages`. */
export interface AugmentationOptions {
  /** Number of images. */
  readonly count: number;
  /** Height in pixels. */
  readonly height: number;
  /** Width in pixels. */
  readonly width: number;
  /** Mirrors each image left to right with probability 1/2. */
  readonly flip: boolean;
  /** Moves each image by up to this many pixels up, down, left and right; `0` leaves it in place. */
  readonly crop: number;
  /**
   * Brightness, contrast and saturation are multiplied by factors of up to 1 +- this share, in this order.
   *
   * @default 0: colours stay
   */
  readonly color?: { readonly share: number; readonly stream: RandomStream };
  /** Source of randomness; advanced by three numbers per image whatever is switched on. */
  readonly stream: RandomStream;
}

/**
 * Varies images at random: mirrored left to right, and cropped out of the image padded by `crop` black
 * pixels on every side; and in their colours. Off by default in every preset: the paper trains without augmentation (section 4.2).
 *
 * @param pixels `[count, height, width, 3]` RGB, uint8; not changed.
 * @param options Sizes and switches.
 * @returns New pixels of the same shape.
 * @throws {RangeError} if the sizes do not fit.
 *
 * @example Nothing is switched on
 * ```ts
 * import assert from "node:assert/strict";
 * import { RandomStream } from "../randomness/random_stream.ts";
 *
 * const pixels = Uint8Array.of(1, 2, 3, 4, 5, 6);
 * const stream = new RandomStream(0, "augmentation");
 * const options = { count: 1, height: 1, width: 2, flip: false, crop: 0, stream };
 * assert.deepEqual(augmentImages(pixels, options), pixels);
 * ```
 */
export function augmentImages(pixels: Uint8Array, options: AugmentationOptions): Uint8Array {
  const { count, height, width, flip, crop, color, stream } = options;
  if (pixels.length !== count * height * width * 3) {
    throw new RangeError(
      `Cannot augment images: ${count} images of ${height} x ${width} x 3 need ` +
        `${count * height * width * 3} bytes, current value is ${pixels.length}`,
    );
  }
  if (!Number.isInteger(crop) || crop < 0 || crop >= Math.min(height, width)) {
    throw new RangeError(
      `Cannot augment images: crop must be an integer in 0..${Math.min(height, width) - 1}, ` +
        `current value is ${crop}`,
    );
  }
  const augmented = new Uint8Array(pixels.length);
  const imageBytes = height * width * 3;
  for (let image = 0; image < count; image++) {
    // Always three draws: switching one variation off leaves the others as they were.
    const mirrored = stream.nextFloat() < 0.5 && flip;
    const down = Math.floor(stream.nextFloat() * (2 * crop + 1)) - crop;
    const right = Math.floor(stream.nextFloat() * (2 * crop + 1)) - crop;
    const source = pixels.subarray(image * imageBytes, (image + 1) * imageBytes);
    const target = augmented.subarray(image * imageBytes, (image + 1) * imageBytes);
    moveImage(source, target, { height, width, mirrored, down, right });
    if (color !== undefined && color.share > 0) changeColors(target, color);
  }
  return augmented;
}

/** ITU-R BT.601 luma. */
function lumaOf(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** Changes one image in place; three numbers are drawn. */
function changeColors(
  pixels: Uint8Array,
  { share, stream }: { readonly share: number; readonly stream: RandomStream },
): void {
  const draw = () => 1 + share * (2 * stream.nextFloat() - 1);
  const [brightness, contrast, saturation] = [draw(), draw(), draw()];
  let sum = 0;
  for (let at = 0; at < pixels.length; at += 3) {
    sum += lumaOf(pixels[at]!, pixels[at + 1]!, pixels[at + 2]!);
  }
  const mean = brightness * sum / (pixels.length / 3);
  for (let at = 0; at < pixels.length; at += 3) {
    const luma = lumaOf(pixels[at]!, pixels[at + 1]!, pixels[at + 2]!);
    for (let channel = 0; channel < 3; channel++) {
      const own = luma + saturation * (pixels[at + channel]! - luma);
      const value = Math.round(mean + contrast * (brightness * own - mean));
      pixels[at + channel] = Math.min(255, Math.max(0, value));
    }
  }
}

interface Movement {
  readonly height: number;
  readonly width: number;
  readonly mirrored: boolean;
  readonly down: number;
  readonly right: number;
}

/** Copies one image, moved and mirrored; what moves in from outside stays black. */
function moveImage(source: Uint8Array, target: Uint8Array, movement: Movement): void {
  const { height, width, mirrored, down, right } = movement;
  for (let row = Math.max(0, down); row < Math.min(height, height + down); row++) {
    for (let column = Math.max(0, right); column < Math.min(width, width + right); column++) {
      const wanted = column - right;
      const from = ((row - down) * width + (mirrored ? width - 1 - wanted : wanted)) * 3;
      const to = (row * width + column) * 3;
      target[to] = source[from]!;
      target[to + 1] = source[from + 1]!;
      target[to + 2] = source[from + 2]!;
    }
  }
}
