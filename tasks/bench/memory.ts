import { TorchReference } from "./torch_reference.ts";
import type { BenchRow } from "./bench_row.ts";

/** What child_memory.ts prints. */
interface ChildMemory {
  /** Largest resident size after every step, bytes. */
  readonly peaks: number[];
  /** Live tensors after every step. */
  readonly tensors: number[];
}

/** Sizes of the comparison. */
export interface MemoryOptions {
  /** Name of the backend. */
  readonly backend: string;
  /** C. */
  readonly channels: number;
  /** Images of a batch. */
  readonly batchSize: number;
  /** Training steps. */
  readonly steps: number;
  /** Python with torch; `null` leaves the comparison with it out. */
  readonly python: string | null;
  /** Threads of PyTorch. */
  readonly threads: number;
  /** Receives rows as they come. */
  readonly add: (row: BenchRow) => void;
}

/** What a program of this folder prints about its memory. */
async function memoryOf<Answer>(file: string, args: readonly (string | number)[]): Promise<Answer> {
  const program = new URL(file, import.meta.url).pathname;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--v8-flags=--expose-gc", "--allow-all", program]
      .concat(args.map(String)),
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot measure memory: ${file} failed`);
  return JSON.parse(new TextDecoder().decode(stdout)) as Answer;
}

function row(
  [target, name]: readonly [target: string, name: string],
  [ours, other]: readonly [ours: number, other: number],
  limit: number,
): BenchRow {
  const ratio = ours / other;
  return {
    ...{ target, name, ratio, quartiles: [ratio, ratio], limit, ours, other },
    ...{ unit: "bytes", rounds: 1 },
  };
}

/** Largest resident size of a process that trains, against PyTorch's, and whether it grows with the steps. */
export async function compareMemory(options: MemoryOptions): Promise<void> {
  const { backend, channels, batchSize, steps, python, threads, add } = options;
  const sizes = [backend, channels, batchSize, steps];
  const { peaks, tensors } = await memoryOf<ChildMemory>("child_memory.ts", sizes);
  const last = peaks.at(-1)!;
  if (python !== null) {
    const torch = new TorchReference(python);
    const layout = "channels_last";
    await torch.ask({ do: "prepare", channels, depth: 10, batch: batchSize, threads, layout });
    await torch.ask({ do: "training_step", times: steps });
    const { bytes } = await torch.ask<{ bytes: number }>({ do: "peak" });
    await torch.stop();
    add(row(["g", `peak memory of ${steps} training steps / PyTorch`], [last, bytes], 1));
  }
  const half = peaks[Math.floor(steps / 2) - 1]!;
  add(row(["g", `peak memory after ${steps} steps / after half of them`], [last, half], 1.02));
  const counts = [tensors.at(-1)!, tensors[1]!] as const;
  add(row(["g", "live tensors after the last step / after the second"], counts, 1));
}

/** Target i: largest resident size of evaluations of datasets that are drawn as they are read. */
export async function compareEvaluationMemory(
  options: Pick<MemoryOptions, "backend" | "channels" | "add"> & { readonly images: number },
): Promise<void> {
  const { backend, channels, images, add } = options;
  const peakOf = (count: number) =>
    memoryOf<{ bytes: number }>("child_evaluation.ts", [backend, channels, count]);
  const fewer = images / 4;
  const { bytes: ours } = await peakOf(images);
  const { bytes: other } = await peakOf(fewer);
  const name = `peak memory of an evaluation, ${images} images / ${fewer}`;
  add(row(["i", name], [ours, other], 1.05));
}
