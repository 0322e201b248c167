import { exifOrientation, type Orientation } from "./exif_orientation.ts";

/** What a JPEG says of itself before its pixels are touched. */
export interface JpegHeader {
  /** Width in pixels, as stored. */
  readonly width: number;
  /** Height in pixels, as stored. */
  readonly height: number;
  /** Bits per sample. */
  readonly precision: number;
  /** Colour planes: 1 grey, 3 colour, 4 print colours. */
  readonly planes: number;
  /** Passes over the pixels. */
  readonly scans: number;
  readonly orientation: Orientation;
  /** Whether the marker that ends a picture is there. */
  readonly isEnded: boolean;
}

const [MARKER, START_OF_SCAN, END_OF_IMAGE, APPLICATION_1] = [0xff, 0xda, 0xd9, 0xe1];

/** "Exif", and two zeros. */
const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0];

/** Markers without a length: restarts, the beginning, and one for private use. */
function standsAlone(marker: number): boolean {
  return (marker >= 0xd0 && marker <= 0xd8) || marker === 0x01;
}

/** Whether a marker begins a frame: size and planes. Three numbers of the range have other meanings. */
function startsFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Place of the next marker: within packed pixels, every 0xff is followed by a zero, or by the number of a restart. */
function findMarker(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(MARKER, from); at >= 0; at = bytes.indexOf(MARKER, at + 1)) {
    const next = bytes[at + 1];
    if (next === undefined) break;
    if (next !== 0 && next !== MARKER && !standsAlone(next)) return at;
  }
  return bytes.length;
}

/**
 * Reads the markers of a JPEG.
 *
 * @param bytes The whole file.
 * @returns Size, planes, number of scans, orientation.
 * @throws {RangeError} if no size is found.
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  let frame: Pick<JpegHeader, "width" | "height" | "precision" | "planes"> | null = null;
  let scans = 0;
  let isEnded = false;
  let orientation: Orientation = 1;
  for (let at = findMarker(bytes, 0); at + 2 <= bytes.length;) {
    const marker = bytes[at + 1]!;
    if (marker === END_OF_IMAGE) {
      isEnded = true;
      break;
    }
    if (at + 4 > bytes.length) break;
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const segment = bytes.subarray(at + 4, at + 2 + length);
    if (marker === START_OF_SCAN) scans++;
    if (startsFrame(marker) && frame === null && segment.length >= 6) {
      const [precision, high, low, wide, narrow, planes] = segment;
      frame = {
        precision: precision!,
        height: high! << 8 | low!,
        width: wide! << 8 | narrow!,
        planes: planes!,
      };
    }
    if (marker === APPLICATION_1 && EXIF.every((byte, index) => segment[index] === byte)) {
      orientation = exifOrientation(segment.subarray(EXIF.length));
    }
    at = findMarker(bytes, at + 2 + length);
  }
  if (frame === null) throw new RangeError("it has no size");
  return { ...frame, scans, orientation, isEnded };
}
