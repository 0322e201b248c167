/**
 * Times the complexity measures on one core.
 *
 *     deno run --allow-run tasks/bench_complexity.ts [--seconds 1] [--numpy python3]
 *
 * Absolute figures belong to the machine; the ratios travel: every row is compared with the default measure at 32 x 32
 * and, with `--numpy` and the name of a Python that has NumPy, with a vectorised NumPy version of the same measure
 * (`rfft2` over batches of 256 images) that runs right after it, on the same machine.
 */
import { parseArgs } from "node:util";
import { complexityMeasure, complexityMeasureNames } from "../lib/complexity/complexity_measure.ts";
import { measureComplexity } from "../lib/complexity/measure_complexity.ts";

/** The `entropy` measure in NumPy; prints seconds per image for each side given. */
const numpyProgram = `
import sys, time
import numpy as np
def entropy(images):
    x = images.astype(np.int32)
    grey = (299 * x[..., 0] + 587 * x[..., 1] + 114 * x[..., 2] + 500) // 1000
    n, h, w = grey.shape
    bins = (grey.reshape(n, -1) + 256 * np.arange(n)[:, None]).ravel()
    p = np.bincount(bins, minlength=256 * n).reshape(n, 256) / (h * w)
    spatial = -(p * np.log2(np.where(p > 0, p, 1))).sum(1)
    f = np.fft.rfft2(grey.astype(np.float64))
    power = f.real ** 2 + f.imag ** 2
    power[:, 0, 0] = 0
    weight = np.full(w // 2 + 1, 2.0)
    weight[0] = 1
    if w % 2 == 0: weight[-1] = 1
    total = (power.sum(1) * weight).sum(1)
    logs = ((power * np.log2(np.where(power > 0, power, 1))).sum(1) * weight).sum(1)
    return spatial + np.log2(total) - logs / total
for side in map(int, sys.argv[2:]):
    n = 256
    i = np.arange(n * side * side * 3, dtype=np.uint64)
    images = (((i * i * 40503 + i * 977) >> 7) % 256).astype(np.uint8).reshape(n, side, side, 3)
    end, best = time.perf_counter() + float(sys.argv[1]), 1e9
    while time.perf_counter() < end:
        start = time.perf_counter(); entropy(images); best = min(best, time.perf_counter() - start)
    print(best / n)
`;

const sides = [32, 64, 84];
const imagesPerRound = 256;

/** The same pixels as the NumPy program makes. */
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

async function numpySeconds(python: string, seconds: number): Promise<number[]> {
  const { success, stdout, stderr } = await new Deno.Command(python, {
    args: ["-c", numpyProgram, String(seconds), ...sides.map(String)],
  }).output();
  if (!success) throw new Error(`${python} failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim().split("\n").map(Number);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: Deno.args,
    options: { seconds: { type: "string", default: "1" }, numpy: { type: "string" } },
  });
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) {
    throw new RangeError(`--seconds must be positive, current value is ${values.seconds}`);
  }
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
  if (values.numpy === undefined) return;
  (await numpySeconds(values.numpy, seconds)).forEach((time, index) => {
    const ratio = (time / entropySeconds[index]!).toFixed(2);
    console.log(
      `NumPy entropy at ${sides[index]}: ${(time * 1e6).toFixed(1)} us/image, ${ratio} times ours`,
    );
  });
}

if (import.meta.main) await main();
