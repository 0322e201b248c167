import assert from "node:assert/strict";
import { philox } from "../../../lib/randomness/philox.ts";

/** Known answers published with the Random123 library for philox4x32-10. */
const KNOWN_ANSWERS = [
  {
    counter: [0, 0, 0, 0],
    key: [0, 0],
    output: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    output: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    output: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

Deno.test("philox() gives the published answers", () => {
  for (const { counter, key, output } of KNOWN_ANSWERS) {
    const found = new Uint32Array(4);
    philox(Uint32Array.from(counter), Uint32Array.from(key), found);
    assert.deepEqual([...found], output);
  }
});
