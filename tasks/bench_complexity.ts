/**
 * Times the complexity measures on one core.
 *
 * Absolute figures belong to the machine; the ratios travel: every row is compared with the default measure at 32 x 32.
 * `deno task bench --only e` compares that one with NumPy.
 */
import { complexityMeasure, complexityMeasureNames } from "../lib/complexity/measure_registry.ts";
import { measureComplexity } from "../lib/complexity/measure_complexity.ts";
import { readPositive, readTaskArguments, refusePositionals, runTask } from "./task_options.ts";

const HELP =
  `Times the complexity measures on one core; ratios are to the default measure at 32 x 32.

Usage: deno task bench-complexity [options]

  --seconds NUMBER   time for each measure and size (default: 1)
  --debug            show stack traces of errors
  -h, --help         show this help`;

const sides = [32, 64, 84];
const imagesPerRound = 256;

/** Pixels without any pattern. */
function benchImages(side: number): Uint8Array {
  return Uint8Array.from({ length: imagesPerRound * side * side * 3 }, (_, index) => {
    const position = BigInt(index);
    return Number(((position * position * 40503n + position * 977n) >> 7n) % 256n);
  });
}

/** Best seconds per image over rounds that fill the given time. */
function secondsPerImage(
  name: string,
  options: { side: number; images: Uint8Array; seconds: number },
): number {
  const { side, images, seconds } = options;
  const measure = complexityMeasure(name);
  let best = Infinity;
  for (const end = performance.now() + 1000 * seconds; performance.now() < end;) {
    const start = performance.now();
    measureComplexity(images, { height: side, width: side, measure });
    best = Math.min(best, performance.now() - start);
  }
  return best / 1000 / imagesPerRound;
}

function main(): void {
  const { values, positionals } = readTaskArguments(HELP, {
    seconds: { type: "string", default: "1" },
  });
  refusePositionals(positionals);
  const seconds = readPositive("seconds", values.seconds);
  console.log("measure            side   images/s   us/image   x entropy@32");
  const entropySeconds: number[] = [];
  for (const side of sides) {
    const images = benchImages(side);
    for (const name of complexityMeasureNames) {
      const time = secondsPerImage(name, { side, images, seconds });
      if (name === "entropy") entropySeconds.push(time);
      const columns = [
        name.padEnd(18),
        String(side).padStart(4),
        (1 / time).toFixed(0).padStart(10),
        (time * 1e6).toFixed(1).padStart(10),
        (time / entropySeconds[0]!).toFixed(2).padStart(14),
      ];
      console.log(columns.join(" "));
    }
  }
}

if (import.meta.main) await runTask(main);
