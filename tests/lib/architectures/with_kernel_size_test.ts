import assert from "node:assert/strict";
import { convolutionsOf } from "../../../lib/architectures/layer.ts";
import { resnetArchitecture } from "../../../lib/architectures/resnet.ts";
import { squeezenetArchitecture } from "../../../lib/architectures/squeezenet.ts";
import { withKernelSize } from "../../../lib/architectures/with_kernel_size.ts";

Deno.test("withKernelSize() reaches residual bodies, shortcuts and branches, and spares 1x1 kernels", () => {
  for (const layers of [resnetArchitecture(10), squeezenetArchitecture(10)]) {
    const before = convolutionsOf(layers);
    const after = convolutionsOf(withKernelSize(layers, 7));
    assert.deepEqual(
      after.map(({ kernelSize }) => kernelSize),
      before.map(({ kernelSize }) => kernelSize === 1 ? 1 : 7),
    );
    assert.deepEqual(after.map(({ name }) => name), before.map(({ name }) => name));
    assert.ok(before.every(({ kernelSize }) => kernelSize < 7), "the original is left alone");
  }
});

Deno.test("withKernelSize() refuses sizes that have no middle", () => {
  for (const size of [0, 2, 1.5, -3]) {
    assert.throws(() => withKernelSize(resnetArchitecture(10), size), RangeError);
  }
});
