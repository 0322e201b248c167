import assert from "node:assert/strict";
import { completeConfig } from "../../../lib/configuration/experiment_config.ts";
import { resultsBySetting } from "../../../lib/sweeps/results_by_setting.ts";
import type { RowState } from "../../../lib/sweeps/row_state.ts";

function row(rate: number, seed: number, top1: number | null): RowState {
  const config = completeConfig({ training: { seed, learningRate: rate } });
  return {
    ...{ index: 0, attempts: [], epochs: 1, plannedEpochs: 1, secondsLeft: null, message: null },
    row: {
      name: `run-seed${seed}-0123456789`,
      settings: { "training.learningRate": rate },
      config,
    },
    ...{ state: top1 === null ? "waiting" : "done", validationTop1: top1, seconds: 60 * seed },
  };
}

Deno.test("resultsBySetting() has mean and sample deviation over the seeds that are done", () => {
  const [first, second, third] = resultsBySetting([
    row(1e-3, 1, 0.5),
    row(1e-3, 2, 0.7),
    row(1e-3, 3, null),
    row(3e-3, 1, 0.9),
    row(1e-2, 1, null),
  ]);
  assert.deepEqual([first!.done, first!.rows], [2, 3]);
  assert.ok(Math.abs(first!.validationTop1! - 0.6) < 1e-12);
  assert.ok(Math.abs(first!.deviation! - Math.sqrt(0.02)) < 1e-12);
  assert.equal(first!.seconds, 90);
  assert.deepEqual([second!.validationTop1, second!.deviation, second!.isBest], [0.9, null, true]);
  assert.deepEqual([third!.validationTop1, third!.seconds, third!.isBest], [null, null, false]);
  assert.equal(first!.isBest, false);
});

Deno.test("resultsBySetting() takes a grid whose keys were named in another order for the same", () => {
  const [one, two] = [row(1e-3, 1, 0.5), row(1e-3, 2, 0.7)].map((state, at) => {
    const pairs = [["model.solver", "euler"], ["training.learningRate", 1e-3]];
    const settings = Object.fromEntries(at === 0 ? pairs : pairs.toReversed());
    return { ...state, row: { ...state.row, settings } };
  });
  assert.deepEqual(resultsBySetting([one!, two!]).map(({ rows }) => rows), [2]);
});
