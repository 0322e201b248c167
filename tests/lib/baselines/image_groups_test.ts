import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { restoreOrder, splitRows, takeRows } from "../../../lib/baselines/image_groups.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { take } from "../../helpers/tensors.ts";

Deno.test("splitRows() sorts positions by decision", () => {
  assert.deepEqual(splitRows([false, true, true, false]), { yes: [1, 2], no: [0, 3] });
  assert.deepEqual(splitRows([]), { yes: [], no: [] });
});

for (const backend of await testBackends()) {
  Deno.test(`restoreOrder() undoes takeRows() (${backend})`, () =>
    withBackend(backend, async () => {
      const live = tf.memory().numTensors;
      const batch = tf.tensor4d(Array.from({ length: 20 }, (_, at) => at), [5, 1, 2, 2]);
      const groups = [[1, 4], [0], [2, 3]].map((positions) => ({
        positions,
        rows: takeRows(batch, positions),
      }));
      assert.deepEqual([...await groups[1]!.rows.data()], [0, 1, 2, 3]);
      const values = await take(restoreOrder(groups));
      assert.deepEqual([...values], Array.from({ length: 20 }, (_, at) => at));
      const all = takeRows(batch, [0, 1, 2, 3, 4]);
      all.dispose();
      assert.equal(batch.isDisposed, false);
      batch.dispose();
      assert.equal(tf.memory().numTensors, live);
    }));
}
