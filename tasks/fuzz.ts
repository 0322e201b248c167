/**
 * Feeds hostile input to every reader: `deno task fuzz [--seed N] [--scale 1] [--only TEXT]`. Every case must end
 * in a typed error or a right result, in bounded time and memory, and write nothing outside its folder. Prints a
 * line per target; a case that fails is printed shrunk, with the seed that repeats it, and the exit code is 1.
 */
import { parseArgs } from "node:util";
import { fuzzTargets } from "./fuzz/fuzz_targets.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    scale: { type: "string", default: "1" },
    only: { type: "string", default: "" },
  },
});
const seed = Number(values.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1);
console.log(`seed ${seed}`);
let cases = 0;
let failures = 0;
for (const target of fuzzTargets.filter(({ name }) => name.includes(values.only))) {
  const wanted = Math.max(1, Math.round(target.cases * Number(values.scale)));
  const report = await target.fuzz({ cases: wanted, seed });
  cases += report.cases;
  console.log(
    `${report.name.padEnd(32)} ${String(report.cases).padStart(6)} cases ` +
      `${String(report.refused).padStart(6)} refused ${
        String(report.accepted).padStart(6)
      } accepted, ` +
      `slowest ${report.slowest.toFixed(0)} ms, memory +${(report.growth / 1e6).toFixed(1)} MB`,
  );
  if (report.failure === null && report.cases < wanted) {
    console.log(`  ${wanted} were wanted: the time for a target ended`);
  }
  const isIdle = report.cases >= 100 && report.accepted === 0;
  const failure = report.failure ?? (isIdle ? "it refused everything: nothing is tried" : null);
  if (failure === null) continue;
  failures++;
  console.log(`  FAILED: ${failure}`);
}
console.log(`${cases} cases, ${failures} targets failed`);
if (failures > 0) Deno.exit(1);
