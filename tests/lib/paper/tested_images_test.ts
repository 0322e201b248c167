import assert from "node:assert/strict";
import { groupByTestImages } from "../../../lib/paper/tested_images.ts";
import { MADE_UP_RUN } from "../../helpers/made_up_comparison.ts";
import type { ComparedRun } from "../../../lib/paper/comparison.ts";

Deno.test("groupByTestImages() keeps runs apart that were tested on other images, as far as these are known", () => {
  const tested = (testImages: number, testFingerprint?: string, dataset = "cifar10") => {
    const figures = { ...MADE_UP_RUN.figures!, testImages, testFingerprint };
    return { ...MADE_UP_RUN, dataset, figures } as ComparedRun;
  };
  const untested: ComparedRun = { ...MADE_UP_RUN, figures: null };
  const areOne = (one: ComparedRun, other: ComparedRun) =>
    groupByTestImages([one, other]).length === 1;
  assert.ok(areOne(tested(500), tested(500)));
  assert.ok(!areOne(tested(500), tested(600)));
  assert.ok(!areOne(tested(500), tested(500, undefined, "pets")));
  assert.ok(areOne(tested(500, "a"), tested(500, "a", "a copy")));
  assert.ok(!areOne(tested(500, "a"), tested(500, "b")));
  assert.ok(areOne(tested(500), untested));
});
