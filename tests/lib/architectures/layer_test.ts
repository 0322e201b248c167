import assert from "node:assert/strict";
import { classifierHead, convolution, splitAtHead } from "../../../lib/architectures/layer.ts";

Deno.test("splitAtHead() splits at the pooling and refuses layers without one", () => {
  const conv = convolution("conv", { kernelSize: 1, inputChannels: 1, outputChannels: 1 });
  const layers = [conv, ...classifierHead([1, 2])];
  const { body, head } = splitAtHead(layers);
  assert.deepEqual([...body, ...head], layers);
  assert.equal(head[0]!.kind, "global-average-pool");
  assert.throws(() => splitAtHead([conv]), /needs a global average pooling/);
});
