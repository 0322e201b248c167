import { messageOf } from "../../lib/errors.ts";
import { DEPTH, fixedDepthPuppet, trainingWork } from "../bench/bench_models.ts";
import { formatMemory, readDeviceMemory } from "./device_memory.ts";
import { formatSeconds, timeWork } from "./time_work.ts";
import { prepareTorch, startTorch, type TorchOnDevice } from "./torch_on_device.ts";
import type { DeviceMemory } from "./device_memory.ts";
import type { SectionContext, SectionFindings } from "./section.ts";
import type { TimedWork } from "./time_work.ts";

/** Steps by which PyTorch's layouts are compared. */
const LAYOUT_STEPS = 5;

/** Training steps of one batch size. */
interface BatchFigures {
  readonly batch: number;
  /** Times; `null` if the batch could not be computed. */
  readonly time: TimedWork | null;
  readonly imagesPerSecond: number | null;
  /** Loss after the last step: it must be finite. */
  readonly loss: number | null;
  readonly memory: DeviceMemory | null;
  /** PyTorch with TF32, where the comparison is in float32: seconds of a step. */
  readonly torchTf32Seconds: number | null;
  readonly torchPeakBytes: number | null;
  readonly error: string | null;
}

async function torchSeconds({ reference }: TorchOnDevice, steps: number): Promise<number> {
  const time = reference.timed({ do: "training_step" }, steps);
  await time();
  return await time();
}

/** The faster of PyTorch's memory layouts is what we are compared with. */
async function prepareFasterLayout(
  torch: TorchOnDevice,
  sizes: { readonly channels: number; readonly batch: number },
): Promise<string> {
  const times: [string, number][] = [];
  for (const layout of ["contiguous", "channels_last"]) {
    await prepareTorch(torch, { ...sizes, layout });
    times.push([layout, await torchSeconds(torch, LAYOUT_STEPS)]);
  }
  const [[layout]] = times.sort((left, right) => left[1] - right[1]) as [[string, number]];
  await prepareTorch(torch, { ...sizes, layout });
  return layout;
}

async function timeBatch(
  context: SectionContext,
  batch: number,
  torch: TorchOnDevice | null,
): Promise<BatchFigures> {
  const { channels } = context.options;
  const layout = torch && await prepareFasterLayout(torch, { channels, batch });
  const classifier = fixedDepthPuppet(channels);
  const training = trainingWork(classifier, batch);
  let loss = NaN;
  const time = await timeWork(context, {
    name: `training step, C = ${channels}, depth ${DEPTH}, batch ${batch}`,
    work: async () => {
      ({ loss } = await training.step() as { loss: number });
    },
    torch: torch && { reference: torch.reference, request: { do: "training_step" } },
  });
  const memory = await readDeviceMemory();
  const imagesPerSecond = batch / time.seconds.median;
  context.say(`  ${imagesPerSecond.toFixed(0)} images/s, loss ${loss.toFixed(4)}`);
  context.say(`  ${formatMemory(memory)}`);
  const peak = torch && (await torch.reference.ask<{ device: number }>({ do: "peak" })).device;
  let torchTf32Seconds: number | null = null;
  if (torch !== null && torch.found.device === "cuda" && !torch.tf32) {
    await prepareTorch({ ...torch, tf32: true }, { channels, batch, layout: layout! });
    torchTf32Seconds = await torchSeconds(torch, LAYOUT_STEPS);
    context.say(`  PyTorch with TF32 (19 bits): ${formatSeconds(torchTf32Seconds)} a step`);
  }
  training.dispose();
  classifier.dispose();
  const found = { batch, time, imagesPerSecond, loss, memory, torchTf32Seconds };
  return { ...found, torchPeakBytes: peak, error: null };
}

/** Times training steps of every batch size; one that does not fit does not end the others. */
export async function timeTraining(context: SectionContext): Promise<SectionFindings> {
  const torch = await startTorch(context);
  const batches: BatchFigures[] = [];
  for (const batch of context.options.batches) {
    try {
      batches.push(await timeBatch(context, batch, torch));
    } catch (error) {
      const text = messageOf(error);
      context.say(`batch ${batch}: ${text.split("\n")[0]}`);
      const none = { time: null, imagesPerSecond: null, loss: null, memory: null };
      const noTorch = { torchTf32Seconds: null, torchPeakBytes: null };
      batches.push({ batch, ...none, ...noTorch, error: text });
    }
    context.note({ channels: context.options.channels, depth: DEPTH, batches });
  }
  await torch?.reference.stop();
  const passed = batches.every(({ loss }) => loss !== null && Number.isFinite(loss));
  return {
    passed,
    figures: { channels: context.options.channels, depth: DEPTH, torch: torch?.found, batches },
  };
}
