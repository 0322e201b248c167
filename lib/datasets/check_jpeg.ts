/**
 * Passes over the picture that a JPEG may have at most; encoders make some ten. Every pass walks over all pixels, and a
 * hundred bytes are enough for one.
 */
const MAX_SCANS = 200;

const [MARKER, START_OF_SCAN, END_OF_IMAGE] = [0xff, 0xda, 0xd9];

/** Markers without a length: restarts, the beginning, and one for private use. */
function standsAlone(marker: number): boolean {
  return (marker >= 0xd0 && marker <= 0xd8) || marker === 0x01;
}

/** Place of the next marker: within packed pixels, every 0xff is followed by a zero, or by the number of a restart. */
function findMarker(bytes: Uint8Array, from: number): number {
  let at = from;
  for (; at + 1 < bytes.length; at++) {
    const next = bytes[at + 1]!;
    if (bytes[at] === MARKER && next !== 0 && next !== MARKER && !standsAlone(next)) break;
  }
  return at;
}

/**
 * Makes sure that a JPEG is decoded in bounded time. What else is wrong with it, the decoder says.
 *
 * @param bytes The whole file.
 * @throws {RangeError} if it has more scans than any encoder writes.
 */
export function checkJpeg(bytes: Uint8Array): void {
  let scans = 0;
  for (let at = findMarker(bytes, 0); at + 4 <= bytes.length;) {
    const marker = bytes[at + 1];
    if (marker === END_OF_IMAGE) return;
    if (marker === START_OF_SCAN) scans++;
    if (scans > MAX_SCANS) throw new RangeError(`more than ${MAX_SCANS} scans`);
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    at = findMarker(bytes, at + 2 + length);
  }
}
