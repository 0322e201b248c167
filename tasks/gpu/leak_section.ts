import { linearRegression } from "simple-statistics";
import { fixedDepthPuppet, trainingWork } from "../bench/bench_models.ts";
import { formatBytes, formatMemory, readDeviceMemory } from "./device_memory.ts";
import type { SectionContext, SectionFindings } from "./section.ts";

/** Measurements over the run. */
const SAMPLES = 10;

/** Seconds of the section that are kept for its end. */
const RESERVE_SECONDS = 5;

/** Growth of device memory in bytes a step over the second half that is still no leak. */
const MAX_SLOPE = 1000;

interface Sample {
  readonly step: number;
  readonly tensors: number;
  readonly used: number | null;
  readonly allocated: number | null;
  readonly system: number | null;
  readonly resident: number;
}

async function takeSample(step: number): Promise<Sample> {
  (globalThis as { readonly gc?: () => void }).gc?.();
  return { step, ...await readDeviceMemory(), resident: Deno.memoryUsage().rss };
}

/** Bytes a step over the second half; `null` where the memory is not told. */
function slope(samples: readonly Sample[], name: "used" | "allocated" | "system"): number | null {
  const points = samples.slice(Math.floor(samples.length / 2))
    .map((sample): [number, number | null] => [sample.step, sample[name]]);
  if (points.length < 2 || points.some(([, value]) => value === null)) return null;
  return linearRegression(points as [number, number][]).m;
}

/** Trains many steps and watches tensors and the memory of the device. */
export async function searchLeak(context: SectionContext): Promise<SectionFindings> {
  const { channels, batches, steps: wanted } = context.options;
  const batch = batches[0]!;
  const classifier = fixedDepthPuppet(channels);
  const training = trainingWork(classifier, batch);
  const samples: Sample[] = [];
  const every = Math.max(1, Math.floor(wanted / SAMPLES));
  let step = 0;
  let loss = NaN;
  while (step < wanted && context.secondsLeft() > RESERVE_SECONDS) {
    ({ loss } = await training.step() as { loss: number });
    step++;
    if (step % every !== 0 && step !== 1) continue;
    samples.push(await takeSample(step));
    context.note({ steps: step, wanted, batch, channels, samples });
  }
  const last = await takeSample(step);
  const tensors = new Set(samples.map((sample) => sample.tensors));
  const slopes = {
    used: slope(samples, "used"),
    allocated: slope(samples, "allocated"),
    system: slope(samples, "system"),
  };
  const grows = Object.values(slopes).some((value) => value !== null && value > MAX_SLOPE);
  const enough = step === wanted;
  context.say(
    `${step} of ${wanted} steps of ${batch} images, C = ${channels}, loss ${
      loss.toFixed(4)
    }; live tensors ` +
      `${[...tensors].join(", ")}`,
  );
  context.say(formatMemory(last));
  const growth = Object.entries(slopes)
    .map(([name, value]) => `${name} ${value === null ? "not told" : `${value.toFixed(0)} B`}`);
  context.say(`growth a step over the second half: ${growth.join(", ")}`);
  context.say(`resident memory of the process ${formatBytes(last.resident)}`);
  training.dispose();
  classifier.dispose();
  return {
    passed: enough && tensors.size === 1 && !grows && Number.isFinite(loss),
    figures: { steps: step, wanted, batch, channels, loss, slopes, limit: MAX_SLOPE, samples },
  };
}
