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

/** A backend on one core: WASM has one thread outside browsers, and a fair comparison gives the other one too. */
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
