/**
 * The benchmark: every row is a ratio of two things timed in turns in one run, since times of a shared machine mean
 * little by themselves. `deno task bench --help` lists the options.
 */
import { cpus } from "node:os";
import { selectBackend } from "../lib/backends/select_backend.ts";
import { loadCifar10 } from "../lib/datasets/cifar10.ts";
import { UsageError } from "../lib/errors.ts";
import { formatRow, meetsTarget } from "./bench/bench_row.ts";
import {
  readBackendName,
  readTaskArguments,
  readWhole,
  readWord,
  refusePositionals,
  runTask,
} from "./task_options.ts";
import { TorchReference } from "./bench/torch_reference.ts";
import type { BackendName } from "../lib/backends/backend.ts";
import type { BenchRow } from "./bench/bench_row.ts";
import type { LogitDifferences } from "./bench/same_logits.ts";

const HELP = `Times everything in turns with what it is compared to, and prints ratios.

Usage: deno task bench [options]

  --only LETTERS     rows of the table in docs/benchmarks.md, a,b,c,d,e,f,g,h,i, and four without target: j
                     and k, --math bfloat16 and --optimizer muon in training, l, huge pages of memory, and m,
                     the forward pass of every level and model (default: all)
  --python NAME      a Python with torch, numpy and safetensors (CPU builds do); without it the comparisons with
                     PyTorch are left out
  --data FOLDER      holds CIFAR-10; without it random pixels are used
  --channels COUNT   C of the model (default: 512)
  --rounds COUNT     turns (default: 5)
  --backend NAME     numerical backend (default: tensorflow)
  --threads COUNT    threads that PyTorch gets (default: one a core, as TensorFlow)
  --json FILE        keeps rows and conditions
  --quick            small sizes, for trying the benchmark itself
  --debug            show stack traces of errors
  -h, --help         show this help`;

const ROWS = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"] as const;

interface BenchOptions {
  readonly only: ReadonlySet<string>;
  readonly python: string | null;
  readonly dataFolder: string | null;
  readonly channels: number;
  readonly rounds: number;
  readonly batchSize: number;
  readonly evaluationImages: number;
  readonly memorySteps: number;
  readonly wasmRounds: number;
  readonly backend: BackendName;
  readonly threads: number;
  readonly json: string | null;
}

function readOptions(): BenchOptions {
  const { values, positionals } = readTaskArguments(HELP, {
    only: { type: "string", default: ROWS.join(",") },
    python: { type: "string" },
    data: { type: "string" },
    channels: { type: "string" },
    rounds: { type: "string" },
    backend: { type: "string", default: "tensorflow" },
    threads: { type: "string" },
    json: { type: "string" },
    quick: { type: "boolean", default: false },
  });
  refusePositionals(positionals);
  const quick = values.quick;
  const count = (name: "channels" | "rounds" | "threads", usual: number): number =>
    readWhole(name, values[name] ?? String(usual));
  return {
    only: new Set(values.only.split(",").map((letter) => readWord("only", letter, ROWS))),
    python: values.python ?? null,
    dataFolder: values.data ?? null,
    channels: count("channels", quick ? 64 : 512),
    rounds: count("rounds", quick ? 2 : 5),
    batchSize: quick ? 16 : 64,
    evaluationImages: quick ? 256 : 10_000,
    memorySteps: quick ? 4 : 10,
    wasmRounds: quick ? 1 : 3,
    backend: readBackendName(values.backend),
    threads: count("threads", navigator.hardwareConcurrency),
    json: values.json ?? null,
  };
}

/** Rows that run in processes of their own come first: a process that has trained is not what they compare. */
async function runProcesses(options: BenchOptions, add: (row: BenchRow) => void): Promise<void> {
  const { only } = options;
  if (only.has("f")) {
    await (await import("./bench/start_up.ts")).compareStartUp(2 * options.rounds, add);
  }
  if (only.has("g")) {
    const { compareMemory } = await import("./bench/memory.ts");
    await compareMemory({ ...options, steps: options.memorySteps, add });
  }
  if (only.has("i")) {
    const { compareEvaluationMemory } = await import("./bench/memory.ts");
    const channels = Math.min(options.channels, 64);
    await compareEvaluationMemory({ ...options, channels, images: 8192, add });
  }
  if (only.has("h")) {
    const { compareThreads, compareWasm } = await import("./bench/wasm_share.ts");
    await compareThreads({ ...options, rounds: options.wasmRounds, add });
    await compareWasm({ ...options, rounds: options.wasmRounds, add });
  }
}

/** Rows against PyTorch, after a look whether both compute the same. */
async function runAgainstTorch(
  options: BenchOptions,
  torch: TorchReference,
  add: (row: BenchRow) => void,
): Promise<LogitDifferences> {
  const { channels, batchSize, threads } = options;
  const { compareLogits } = await import("./bench/same_logits.ts");
  const found = await compareLogits(torch, Math.min(channels, 128));
  const [ours, theirs] = [found.oursInTorch, found.torchInOurs].map((value) =>
    value.toExponential(1)
  );
  console.log(
    `same weights, same images: logits differ by at most ${ours} (ours in PyTorch), ` +
      `${theirs} (PyTorch's here), of ${found.largestLogit.toFixed(2)}`,
  );
  const layout = "channels_last";
  await torch.ask({ do: "prepare", channels, depth: 10, batch: batchSize, threads, layout });
  const { compareWithTorch } = await import("./bench/against_torch.ts");
  await compareWithTorch(torch, { ...options, add });
  return found;
}

async function runHere(
  options: BenchOptions,
  torch: TorchReference | null,
  add: (row: BenchRow) => void,
): Promise<void> {
  const { only, channels, rounds } = options;
  const images = Math.min(options.evaluationImages, 4096);
  const wants = (...targets: string[]) => targets.some((target) => only.has(target));
  if (wants("e")) {
    const { compareComplexity } = await import("./bench/complexity_cost.ts");
    await compareComplexity({ torch, rounds }, add);
  }
  if (wants("a")) {
    const { compareAdaptivity } = await import("./bench/adaptivity.ts");
    await compareAdaptivity({ ...options, images, add });
  }
  if (wants("i")) {
    const { compareScaling } = await import("./bench/scaling.ts");
    await compareScaling({ channels: Math.min(channels, 128), images, rounds }, add);
  }
  if (wants("j") && options.backend === "tensorflow") {
    const { compareRoundedSteps } = await import("./bench/step_choices.ts");
    await compareRoundedSteps({ ...options, add });
  }
  if (wants("k")) {
    const { compareOptimizers } = await import("./bench/step_choices.ts");
    await compareOptimizers({ ...options, add });
  }
  if (wants("l") && options.backend === "tensorflow" && Deno.build.os === "linux") {
    const { compareHugePages } = await import("./bench/step_choices.ts");
    await compareHugePages({ ...options, add });
  }
  if (wants("m")) {
    const { compareForwards } = await import("./bench/forward_speed.ts");
    await compareForwards({ channels, rounds, add });
  }
}

/** Finds out before hours of timing, not at the end, whether a Python can be the reference. */
async function requireTorch(python: string): Promise<void> {
  const code = "import numpy, safetensors, torch";
  try {
    const { success } = await new Deno.Command(python, {
      args: ["-c", code],
      stdout: "null",
      stderr: "null",
    }).output();
    if (success) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  throw new UsageError(
    `Cannot compare with PyTorch: "${python} -c '${code}'" fails; name a Python that has the three with --python, or ` +
      `leave it out`,
  );
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.dataFolder !== null) await loadCifar10(options.dataFolder);
  if (options.python !== null) await requireTorch(options.python);
  const rows: BenchRow[] = [];
  const add = (row: BenchRow) => {
    rows.push(row);
    console.log(formatRow(row));
  };
  await runProcesses(options, add);
  const active = await selectBackend(options.backend);
  const torch = options.python === null ? null : new TorchReference(options.python);
  const prepared = torch === null ? {} : await torch.ask<Record<string, unknown>>({
    ...{ do: "prepare", channels: 8, depth: 4, batch: 1, threads: options.threads },
  });
  const conditions = {
    date: new Date().toISOString(),
    backend: active.description,
    versions: { ...active.versions, deno: Deno.version.deno, ...prepared },
    system: `${Deno.build.os} ${Deno.build.arch}`,
    processor: cpus()[0]?.model ?? "unknown",
    cores: navigator.hardwareConcurrency,
    torchThreads: options.threads,
    memoryBytes: Deno.systemMemoryInfo().total,
    channels: options.channels,
    batchSize: options.batchSize,
    rounds: options.rounds,
    images: options.dataFolder === null ? "random pixels" : "CIFAR-10 test images",
  };
  console.log(JSON.stringify(conditions));
  await runHere(options, torch, add);
  const logits = torch !== null && ["b", "c", "d"].some((target) => options.only.has(target))
    ? await runAgainstTorch(options, torch, add)
    : null;
  await torch?.stop();
  const judged = rows.filter((row) => row.limit !== null);
  const met = judged.filter((row) => meetsTarget(row));
  console.log(`${met.length} of ${judged.length} targets met`);
  if (options.json !== null) {
    await Deno.writeTextFile(
      options.json,
      `${JSON.stringify({ kind: "bench", version: 2, conditions, logits, rows }, null, 2)}\n`,
    );
  }
}

if (import.meta.main) await runTask(main);
