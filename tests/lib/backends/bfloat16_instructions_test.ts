import assert from "node:assert/strict";
import { listsBfloat16 } from "../../../lib/backends/bfloat16_instructions.ts";

Deno.test("listsBfloat16() finds the instructions of x86-64 and Arm", () => {
  assert.equal(listsBfloat16("model name\t: A\nflags\t\t: fpu avx512f avx512_bf16 sha_ni\n"), true);
  assert.equal(listsBfloat16("flags\t\t: fpu amx_bf16 amx_tile\n"), true);
  assert.equal(listsBfloat16("Features\t: fp asimd bf16 i8mm\n"), true);
});

Deno.test("listsBfloat16() tells none from unknown", () => {
  assert.equal(listsBfloat16("flags\t\t: fpu avx2 avx512f avx512_vnni\n"), false);
  assert.equal(listsBfloat16("Processor : something else\n"), null);
});
