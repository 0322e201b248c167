import assert from "node:assert/strict";
import { crc32c, maskedCrc32c } from "../../../../lib/training/tensorboard/crc32c.ts";

Deno.test("crc32c() gives the checksums of RFC 3720", () => {
  const rising = Uint8Array.from({ length: 32 }, (_, index) => index);
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
  assert.equal(crc32c(rising), 0x46dd794e);
  assert.equal(crc32c(rising.toReversed()), 0x113fdb5c);
});

Deno.test("crc32c() of nothing is zero", () => {
  assert.equal(crc32c(new Uint8Array()), 0);
});

Deno.test("maskedCrc32c() is the checksum in a file that TensorBoard's own writer wrote", () => {
  // Its first twelve bytes: a length of 72, and the checksum of that length.
  const length = Uint8Array.of(72, 0, 0, 0, 0, 0, 0, 0);
  const view = new DataView(Uint8Array.of(0xfe, 0x92, 0x48, 0x9d).buffer);
  assert.equal(maskedCrc32c(length), view.getUint32(0, true));
});
