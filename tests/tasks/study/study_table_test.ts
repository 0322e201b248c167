import assert from "node:assert/strict";
import { formatStudy } from "../../../tasks/study/study_table.ts";

function run(variant: string, seed: number, validationTop1: number) {
  const change = `${variant}!`;
  const figures = { validationTop1, trainTop1: 0.75, seconds: 1 };
  return { variant, change, seed, ...figures, trainFingerprint: "0123456789abcdef" };
}

Deno.test("formatStudy() sets variants beside the base of the same seed, best first", () => {
  const table = formatStudy([
    run("base", 1, 0.5),
    run("base", 2, 0.6),
    run("better", 1, 0.53),
    run("better", 2, 0.65),
    run("worse", 1, 0.49),
  ]);
  assert.equal(
    table,
    [
      "| change | validation Top-1, % | against the base | training Top-1, % | seeds |",
      "| --- | ---: | ---: | ---: | ---: |",
      "| better! | 59.00 | +4.00 +- 1.41 | 75.00 | 2 |",
      "| base! | 55.00 |  | 75.00 | 2 |",
      "| worse! | 49.00 | -1.00 | 75.00 | 1 |",
      "",
    ].join("\n"),
  );
});

Deno.test("formatStudy() gives no difference where the base has not that seed", () =>
  assert.match(
    formatStudy([run("better", 3, 0.5)]),
    /\| better! \| 50\.00 \| {2}\| 75\.00 \| 1 \|/,
  ));
