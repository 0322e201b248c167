/** The polynomial of Castagnoli, bits reversed (RFC 3720, appendix B.4); zlib's CRC-32 has another one. */
const POLYNOMIAL = 0x82f63b78;

const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = (remainder >>> 1) ^ (remainder & 1 ? POLYNOMIAL : 0);
  }
  return remainder >>> 0;
});

/**
 * The checksum CRC-32C.
 *
 * @param bytes The data.
 * @returns 0 .. 2^32 - 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
 * ```
 */
export function crc32c(bytes: Uint8Array): number {
  let checksum = 0xffffffff;
  for (const byte of bytes) {
    checksum = TABLE[(checksum ^ byte) & 0xff]! ^ (checksum >>> 8);
  }
  return (checksum ^ 0xffffffff) >>> 0;
}

/**
 * The checksum as records of TensorFlow hold it: turned by 15 bits and moved, because the checksum of data that contain
 * their own checksum would say little.
 *
 * @param bytes The data.
 * @returns 0 .. 2^32 - 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(maskedCrc32c(new TextEncoder().encode("123456789")), 0xc78ab0e5);
 * ```
 */
export function maskedCrc32c(bytes: Uint8Array): number {
  const checksum = crc32c(bytes);
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}
