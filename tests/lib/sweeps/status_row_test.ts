import assert from "node:assert/strict";
import { completeConfig } from "../../../lib/configuration/experiment_config.ts";
import { statusRows } from "../../../lib/sweeps/status_row.ts";

function remarkOf(message: string): string {
  const row = { name: "row-seed1-abc", settings: {}, config: completeConfig({}) };
  const nothing = { epochs: 0, plannedEpochs: 1, validationTop1: null, seconds: 0 };
  const state = { index: 0, row, state: "failed", attempts: [], ...nothing } as const;
  return statusRows([{ ...state, secondsLeft: null, message }], null)[0]!.remark;
}

Deno.test("statusRows() brings a message on one line, a long one cut: of a million blanks too", () => {
  assert.equal(
    remarkOf("Cannot read 2 images: \n  a.png\n  b  c.png"),
    "Cannot read 2 images: a.png b  c.png",
  );
  const blanks = " ".repeat(1e6);
  assert.equal(remarkOf(`all\n${blanks}lost`), "all lost");
  assert.equal(remarkOf(`all${blanks}lost`), `all${" ".repeat(394)}...`);
});
