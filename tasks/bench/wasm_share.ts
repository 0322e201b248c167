import { countModel } from "../../lib/models/count_model.ts";
import { CLASSES, DEPTH, IMAGE, modelConfig } from "./bench_models.ts";
import { LineProcess } from "./line_process.ts";
import { quartilesOf } from "./quartiles.ts";
import type { BenchRow } from "./bench_row.ts";

/** What child_step.ts answers, seconds. */
interface StepTimes {
  readonly generation: number;
  readonly forward: number;
  readonly step: number;
}

/** Sizes of the comparison. */
export interface WasmOptions {
  /** C. */
  readonly channels: number;
  /** Images of a batch. */
  readonly batchSize: number;
  /** Turns. */
  readonly rounds: number;
  /** Receives rows as they come. */
  readonly add: (row: BenchRow) => void;
}

/** A backend on one core: what a multiply-add costs, whatever the number of cores. */
function onOneCore(backend: string, { channels, batchSize }: WasmOptions): LineProcess {
  const program = new URL("child_step.ts", import.meta.url).pathname;
  const command = [Deno.execPath(), "run", "--no-check", "--allow-all", program, backend];
  return new LineProcess("taskset", ["-c", "0", ...command, `${channels}`, `${batchSize}`]);
}

function rowOf(
  ratios: readonly number[],
  figures: readonly [ours: number[], other: number[]],
  rest: Pick<BenchRow, "name" | "limit" | "unit">,
): BenchRow {
  const [low, ratio, high] = quartilesOf(ratios);
  const [ours, other] = figures.map((values) => quartilesOf(values)[1]) as [number, number];
  return {
    ...rest,
    ...{ target: "h", ratio, quartiles: [low, high], ours, other, rounds: ratios.length },
  };
}

/** Share of a forward pass's multiply-adds that generation takes. */
async function generationShare({ channels, batchSize }: WasmOptions): Promise<number> {
  const config = modelConfig({
    ...{ name: "puppet-cnn", maxChannels: channels, fixedDepth: DEPTH },
    ...{ depthAdaptation: false, parameterAdaptation: false },
  });
  const { reference } = await countModel(config, { classes: CLASSES, image: IMAGE });
  const generation = reference.dynamics + reference.resizing;
  return generation / (generation + batchSize * reference.forward);
}

/** What child_threads.ts answers, seconds. */
interface ThreadTimes {
  readonly generation: number;
  readonly evaluation: number;
  readonly step: number;
}

/** Largest share of one core's time on two or three cores, and on more; generation is half made of passes over memory. */
const THREAD_LIMITS = {
  step: { name: "training step", few: 0.65, many: 0.4 },
  evaluation: { name: "evaluation", few: 0.6, many: 1 / 3 },
  generation: { name: "generation", few: 0.65, many: 0.5 },
} as const;

/** Target h: WASM on all cores against WASM on one. */
export async function compareThreads(options: WasmOptions): Promise<void> {
  const { rounds, batchSize, channels, add } = options;
  const cores = navigator.hardwareConcurrency;
  if (cores < 2) return;
  const program = new URL("child_threads.ts", import.meta.url).pathname;
  const withThreads = (threads: number) =>
    new LineProcess(Deno.execPath(), [
      ...["run", "--no-check", "--allow-all", program],
      ...[`${threads}`, `${channels}`, `${batchSize}`],
    ]);
  const [all, one] = [withThreads(cores), withThreads(1)];
  const times: [ThreadTimes, ThreadTimes][] = [];
  for (let round = -1; round < rounds; round++) {
    const pair: [ThreadTimes, ThreadTimes] = [await all.ask("go"), await one.ask("go")];
    if (round >= 0) times.push(pair);
  }
  await all.stop();
  await one.stop();
  for (const [key, { name, few, many }] of Object.entries(THREAD_LIMITS)) {
    const of = key as keyof ThreadTimes;
    const pairs = times.map(([ours, other]) => [ours[of], other[of]] as const);
    add(rowOf(
      pairs.map(([ours, other]) => ours / other),
      [pairs.map(([ours]) => ours), pairs.map(([, other]) => other)],
      {
        name: `WASM, ${name}, C = ${channels}, batch ${batchSize}: ${cores} cores / one`,
        ...{ limit: cores < 4 ? few : many, unit: "s" },
      },
    ));
  }
}

/** Target h: WASM against the native backend, both on one core, and whether generation costs WASM more than its share. */
export async function compareWasm(options: WasmOptions): Promise<void> {
  const { rounds, batchSize, channels, add } = options;
  const wasm = onOneCore("wasm", options);
  const native = onOneCore("tensorflow", options);
  const times: [StepTimes, StepTimes][] = [];
  for (let round = -1; round < rounds; round++) {
    const pair: [StepTimes, StepTimes] = [await wasm.ask("go"), await native.ask("go")];
    if (round >= 0) times.push(pair);
  }
  await wasm.stop();
  await native.stop();
  add(rowOf(
    times.map(([ours, other]) => ours.step / other.step),
    [times.map(([{ step }]) => step), times.map(([, { step }]) => step)],
    {
      ...{
        name: `training step, C = ${channels}, batch ${batchSize}, WASM / native, one core each`,
      },
      ...{ limit: 6, unit: "s of processor" },
    },
  ));
  const share = await generationShare(options);
  const shares = times.map(([{ generation, forward }]) => generation / forward);
  add(rowOf(shares.map((value) => value / share), [shares, [share]], {
    name: "WASM: generation's share of the forward time / of its multiply-adds",
    ...{ limit: 1, unit: "" },
  }));
}
