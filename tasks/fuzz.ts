/**
 * Feeds hostile input to every reader. Every case must end in a typed error or a right result, in bounded time and memory,
 * and write nothing outside its folder. Prints a line per target; a case that fails is printed shrunk, with the seed that
 * repeats it, and the exit code is 1.
 */
import { UsageError } from "../lib/errors.ts";
import { fuzzTargets } from "./fuzz/fuzz_targets.ts";
import {
  readPositive,
  readTaskArguments,
  readWhole,
  refusePositionals,
  runTask,
} from "./task_options.ts";

const HELP = `Feeds hostile input to every reader.

Usage: deno task fuzz [options]

  --seed NUMBER    repeats a run (default: drawn, and printed)
  --scale NUMBER   share of the usual number of cases (default: 1)
  --only TEXT      targets whose name holds the text
  --debug          show stack traces of errors
  -h, --help       show this help

Exits with 1 if a case fails; the case is printed shrunk.`;

interface FuzzOptions {
  readonly seed: number;
  readonly scale: number;
  readonly only: string;
}

function readOptions(): FuzzOptions {
  const { values, positionals } = readTaskArguments(HELP, {
    seed: { type: "string" },
    scale: { type: "string", default: "1" },
    only: { type: "string", default: "" },
  });
  refusePositionals(positionals);
  const drawn = String(crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1);
  return {
    seed: readWhole("seed", values.seed ?? drawn, 0),
    scale: readPositive("scale", values.scale),
    only: values.only,
  };
}

async function fuzz(): Promise<number> {
  const { seed, scale, only } = readOptions();
  console.log(`seed ${seed}`);
  const targets = fuzzTargets.filter(({ name }) => name.includes(only));
  if (targets.length === 0) {
    const names = fuzzTargets.map(({ name }) => name).join(", ");
    throw new UsageError(
      `--only must be part of a target's name, current value is "${only}"; the targets are ${names}`,
    );
  }
  let cases = 0;
  let failures = 0;
  for (const target of targets) {
    const wanted = Math.max(1, Math.round(target.cases * scale));
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
  return failures > 0 ? 1 : 0;
}

await runTask(fuzz);
