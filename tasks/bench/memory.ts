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

async function ourMemory(options: MemoryOptions): Promise<ChildMemory> {
  const { backend, channels, batchSize, steps } = options;
  const program = new URL("child_memory.ts", import.meta.url).pathname;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", program, backend]
      .concat([channels, batchSize, steps].map(String)),
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("Cannot measure memory: the child process failed");
  return JSON.parse(new TextDecoder().decode(stdout)) as ChildMemory;
}

function row(name: string, values: [ours: number, other: number], limit: number): BenchRow {
  const [ours, other] = values;
  const ratio = ours / other;
  return {
    ...{ target: "g", name, ratio, quartiles: [ratio, ratio], limit, ours, other },
    ...{ unit: "bytes", rounds: 1 },
  };
}

/** Largest resident size of a process that trains, against PyTorch's, and whether it grows with the steps. */
export async function compareMemory(options: MemoryOptions): Promise<void> {
  const { channels, batchSize, steps, python, threads, add } = options;
  const { peaks, tensors } = await ourMemory(options);
  const last = peaks.at(-1)!;
  if (python !== null) {
    const torch = new TorchReference(python);
    const layout = "channels_last";
    await torch.ask({ do: "prepare", channels, depth: 10, batch: batchSize, threads, layout });
    await torch.ask({ do: "training_step", times: steps });
    const { bytes } = await torch.ask<{ bytes: number }>({ do: "peak" });
    await torch.stop();
    add(row(`peak memory of ${steps} training steps / PyTorch`, [last, bytes], 1));
  }
  const half = peaks[Math.floor(steps / 2) - 1]!;
  add(row(`peak memory after ${steps} steps / after half of them`, [last, half], 1.02));
  add(
    row("live tensors after the last step / after the second", [tensors.at(-1)!, tensors[1]!], 1),
  );
}
