import { tryArray, tryFailure, tryLimit, withBench } from "../helpers/slurm_cases.ts";
import { slurmProblem } from "../helpers/slurm_cluster.ts";

Deno.test({
  name: `sweep on a real Slurm${slurmProblem === null ? "" : ` (left out: ${slurmProblem})`}`,
  ignore: slurmProblem !== null,
  fn: (t) =>
    withBench(async (bench) => {
      await t.step("an array of twelve trainings, and their results", () => tryArray(bench));
      await t.step("a row that fails for good, resubmission and retry", () => tryFailure(bench));
      await t.step("a time limit and a cancellation, bit for bit", () => tryLimit(bench));
      // A preempted task and a node that goes down take minutes: deno task slurm-proof.
    }),
});
