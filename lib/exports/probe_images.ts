/** Images that written networks are tried on: smooth waves of several lengths, with some grain. */
const IMAGES = 4;

/**
 * Makes images on which a written network is compared with ours.
 *
 * @param image Height and width in pixels.
 * @returns `[4, height, width, 3]` RGB, uint8, 0..255; the same for the same size.
 */
export function probeImages(
  image: { readonly height: number; readonly width: number },
): Uint8Array {
  const { height, width } = image;
  const pixels = new Uint8Array(IMAGES * height * width * 3);
  for (let at = 0; at < pixels.length; at++) {
    const channel = at % 3;
    const x = Math.floor(at / 3) % width;
    const y = Math.floor(at / (3 * width)) % height;
    const index = Math.floor(at / (3 * width * height));
    const wave = Math.sin(((index + 1) * x + channel) / 5) * Math.cos((y - index * channel) / 7);
    const grain = ((at * 2_654_435_761) % 4_294_967_296) / 4_294_967_296 - 0.5;
    pixels[at] = Math.round(127.5 + 90 * wave + 25 * index * grain);
  }
  return pixels;
}

/** Pixels `[batch, height, width, 3]` as `[batch, 3, height, width]`. */
export function toNchw(
  pixels: ArrayLike<number>,
  { height, width }: { readonly height: number; readonly width: number },
): Float32Array {
  const area = height * width;
  return Float32Array.from({ length: pixels.length }, (_, at) => {
    const index = Math.floor(at / (3 * area));
    const channel = Math.floor(at / area) % 3;
    return pixels[(index * area + at % area) * 3 + channel]!;
  });
}
