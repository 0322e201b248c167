import { complexityMeasure } from "../../lib/complexity/measure_registry.ts";
import { measureComplexity } from "../../lib/complexity/measure_complexity.ts";
import { randomPixels } from "./evaluation_work.ts";
import { pairedTimes, secondsOf } from "./paired_times.ts";
import type { BenchRow } from "./bench_row.ts";
import type { TorchReference } from "./torch_reference.ts";

const IMAGES = 1024;

/** Target e: images of 32x32 measured per second on one core, and against NumPy's batched transform. */
export async function compareComplexity(
  options: { readonly torch: TorchReference | null; readonly rounds: number },
  add: (row: BenchRow) => void,
): Promise<void> {
  const measure = complexityMeasure("entropy");
  const pixels = randomPixels(IMAGES);
  const ours = () => secondsOf(() => measureComplexity(pixels, { height: 32, width: 32, measure }));
  const rounds = 10 * options.rounds;
  const atLeast = await pairedTimes(ours, () => Promise.resolve(IMAGES / 20_000), {
    ...{ target: "e", name: `complexity of ${IMAGES} images / 20,000 images a second` },
    ...{ limit: 1, rounds },
  });
  add(atLeast);
  if (options.torch === null) return;
  add(
    await pairedTimes(ours, options.torch.timed({ do: "complexity", images: IMAGES }), {
      ...{ target: "e", name: `complexity of ${IMAGES} images / NumPy's rfft2`, limit: 1, rounds },
    }),
  );
}
