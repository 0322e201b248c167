import assert from "node:assert/strict";
import { ClassificationMetrics } from "../../../lib/evaluation/classification_metrics.ts";

const NAMES = ["a", "b", "c", "d", "e", "f", "g"];

Deno.test("ClassificationMetrics counts Top-1, Top-5, loss and confusion", () => {
  const metrics = new ClassificationMetrics(NAMES);
  const logits = [7, 6, 5, 4, 3, 2, 1];
  metrics.add(logits, 0);
  metrics.add(logits, 4);
  metrics.add(logits, 5);
  assert.equal(metrics.images, 3);
  assert.equal(metrics.top1, 1 / 3);
  assert.equal(metrics.top5, 2 / 3);
  const logSum = Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0));
  assert.ok(Math.abs(metrics.loss - (3 * logSum - 7 - 3 - 2) / 3) < 1e-12);
  assert.deepEqual(metrics.confusion.map((row) => row[0]), [1, 0, 0, 0, 1, 1, 0]);
});

Deno.test("ClassificationMetrics does not overflow for large logits", () => {
  const metrics = new ClassificationMetrics(["a", "b"]);
  metrics.add([2000, 1000], 1);
  assert.equal(metrics.loss, 1000);
});

Deno.test("ClassificationMetrics counts a tie for the lower index, and NaN as wrong", () => {
  const metrics = new ClassificationMetrics(["a", "b"]);
  assert.equal(metrics.add([1, 1], 0), true);
  assert.equal(metrics.add([1, 1], 1), false);
  assert.equal(metrics.add([Number.NaN, Number.NaN], 0), false);
});

Deno.test("ClassificationMetrics gives precision, recall and F1 by class", () => {
  const metrics = new ClassificationMetrics(["a", "b", "c", "d"]);
  const sure = (index: number) => [0, 1, 2, 3].map((other) => (other === index ? 1 : 0));
  metrics.add(sure(0), 0);
  metrics.add(sure(0), 1);
  metrics.add(sure(1), 1);
  metrics.add(sure(2), 3);
  const [a, b, c, d] = metrics.classes;
  assert.deepEqual(a, { className: "a", support: 1, precision: 0.5, recall: 1, f1: 2 / 3 });
  assert.deepEqual(b, { className: "b", support: 2, precision: 1, recall: 0.5, f1: 2 / 3 });
  assert.deepEqual(c, { className: "c", support: 0, precision: 0, recall: null, f1: null });
  // A class that is never found must not be left out of a mean over classes.
  assert.deepEqual(d, { className: "d", support: 1, precision: null, recall: 0, f1: 0 });
});
