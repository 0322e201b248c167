import assert from "node:assert/strict";
import { fuzzTarget } from "../../tasks/fuzz/fuzz_target.ts";
import { fuzzTargets } from "../../tasks/fuzz/fuzz_targets.ts";
import fc from "fast-check";

/** Share of the task's cases that is tried here, with a seed of its own for every day of development. */
const SHARE = 0.01;
const SEED = 20261124;

for (const target of fuzzTargets) {
  const cases = Math.ceil(target.cases * SHARE);
  Deno.test(`fuzz: ${target.name} end in typed errors or right results (${cases} cases)`, async () => {
    const report = await target.fuzz({ cases, seed: SEED });
    assert.equal(report.failure, null);
    assert.equal(report.cases, cases);
    assert.equal(report.accepted + report.refused, cases);
    // A reader that refuses everything is not tried.
    assert.ok(report.accepted > 0);
  });
}

Deno.test("fuzzTargets try at least 100,000 cases", () => {
  const cases = fuzzTargets.reduce((sum, target) => sum + target.cases, 0);
  assert.ok(cases >= 100_000, `${cases}`);
});

Deno.test("fuzzTarget() finds and shrinks what a reader gets wrong", async () => {
  const faults: [string, (value: number, folder: string) => void | Promise<void>][] = [
    ["an untyped error", (value) => assert.ok(value < 100)],
    ["a file outside", (value, folder) => {
      if (value > 100) Deno.writeTextFileSync(`${folder}/../escaped`, "");
    }],
  ];
  for (const [name, read] of faults) {
    const target = fuzzTarget({ name, cases: 1, input: fc.nat(1000), read });
    const { failure } = await target.fuzz({ cases: 200, seed: 1 });
    assert.match(failure ?? "", /seed 1, shrunk input: \[10[01]\]|wrote outside/, name);
  }
});
