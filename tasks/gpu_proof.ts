/**
 * Proves a GPU end to end, in one visit: what the device is, that every layer and model computes on it what it should,
 * how long training, generation and evaluation take, where the time goes, and that nothing leaks. Where Python has
 * torch, PyTorch does the same work on the same device in turns, and ratios stand beside the absolute times.
 * `deno task gpu-proof --help` lists the options.
 *
 * It runs without a GPU too, on a software adapter or on TensorFlow's CPU, and says so. `--smoke` takes sizes for
 * that. Sections run in processes of their own; one that fails, hangs or finds no time left is recorded as such, and
 * the JSON file is complete after every one. Exit code 0: every section ended and everything that was judged held.
 *
 * A machine without network: `deno task pack-visit FOLDER` puts all that a visit needs into a folder.
 */
import { fileURLToPath } from "node:url";
import { UsageError } from "../lib/errors.ts";
import { TextLineStream } from "./bench/text_lines.ts";
import { parseProofArguments, type ProofCommand, type ProofOptions } from "./gpu/proof_options.ts";
import { type SectionEntry, SECTIONS } from "./gpu/sections.ts";
import { runTask } from "./task_options.ts";
import type { SectionFindings, SectionRecord } from "./gpu/section.ts";

/** Seconds that a section needs at least, its start included: less is not worth a process. */
const LEAST_SECONDS = 8;

/** Seconds that a section may outlast its time before its process is ended. */
const GRACE_SECONDS = 5;

/** Set where nothing can be downloaded (by `gpu/visit.sh`): a missing package is then said at once. */
const OFFLINE_VARIABLE = "PUPPET_CNN_OFFLINE";

/** End of what a failed section wrote to standard error that is worth keeping. */
const ERROR_TAIL = 3000;

/** Set for the sections' processes, and recorded: they decide what TensorFlow computes, and how. */
function sectionEnvironment(entry: SectionEntry): Record<string, string> {
  return {
    NO_COLOR: "1",
    // Otherwise TensorFlow takes the whole memory of the device at once, and PyTorch gets none.
    TF_FORCE_GPU_ALLOW_GROWTH: "true",
    ...entry.exact ? { NVIDIA_TF32_OVERRIDE: "0" } : {},
  };
}

interface ChildMessage {
  readonly line?: string;
  readonly figures?: SectionFindings["figures"];
  readonly findings?: SectionFindings;
}

/** What came from a section's process until it ended. */
type Received = Omit<ChildMessage, "line">;

async function readMessages(child: Deno.ChildProcess, lines: string[]): Promise<Received> {
  let received: Received = {};
  for await (const text of child.stdout.pipeThrough(TextLineStream())) {
    let message: ChildMessage;
    try {
      message = JSON.parse(text);
    } catch {
      message = { line: text };
    }
    const { line, ...rest } = message;
    received = { ...received, ...rest };
    if (line === undefined) continue;
    lines.push(line);
    console.log(`  ${line}`);
  }
  return received;
}

/** Runs a section in a process and ends the process when its time is up. */
async function runSection(
  entry: SectionEntry,
  options: ProofOptions,
  seconds: number,
): Promise<SectionRecord> {
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-all", "--v8-flags=--expose-gc"].concat(
      Deno.env.get(OFFLINE_VARIABLE) === undefined ? [] : ["--cached-only"],
    ).concat([
      fileURLToPath(new URL("gpu/run_section.ts", import.meta.url)),
      ...[entry.name, JSON.stringify(options), String(seconds)],
    ]),
    env: sectionEnvironment(entry),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let stopped = false;
  const timer = setTimeout(() => {
    stopped = true;
    child.kill("SIGKILL");
  }, (seconds + GRACE_SECONDS) * 1000);
  const lines: string[] = [];
  const [{ findings, figures = {} }, stderr, status] = await Promise.all([
    readMessages(child, lines),
    new Response(child.stderr).text(),
    child.status,
  ]);
  clearTimeout(timer);
  const record = { name: entry.name, seconds: (performance.now() - started) / 1000, lines };
  if (findings !== undefined) {
    const judged = findings.passed === null ? "done" : findings.passed ? "passed" : "not passed";
    return { ...record, status: judged, figures: findings.figures };
  }
  const ending = status.signal ?? `code ${status.code}`;
  return {
    ...record,
    status: stopped ? "out of time" : "failed",
    figures,
    error: `The process ended with ${ending}\n${stderr.slice(-ERROR_TAIL).trim()}`,
  };
}

async function writeDocument(
  command: ProofCommand,
  started: Date,
  sections: readonly SectionRecord[],
): Promise<void> {
  if (command.json === null) return;
  const conditions = {
    date: started.toISOString(),
    arguments: Deno.args,
    deno: Deno.version,
    platform: `${Deno.build.os} ${Deno.build.arch}`,
    kernel: Deno.osRelease(),
    processors: navigator.hardwareConcurrency,
    memory: Deno.systemMemoryInfo().total,
    budget: command.budget,
    environment: Object.fromEntries(
      SECTIONS.map((entry) => [entry.name, sectionEnvironment(entry)]),
    ),
    ...command.options,
  };
  const document = { kind: "gpu-proof", version: 1, conditions, sections };
  await Deno.writeTextFile(command.json, `${JSON.stringify(document, null, 2)}\n`);
}

function chooseSections(only: readonly string[] | null): readonly SectionEntry[] {
  const unknown = only?.find((name) => !SECTIONS.some((entry) => entry.name === name));
  if (unknown === undefined) {
    return SECTIONS.filter(({ name }) => only === null || only.includes(name));
  }
  const names = SECTIONS.map(({ name }) => name).join(", ");
  throw new UsageError(`--only must name sections of ${names}, current value is "${unknown}"`);
}

async function runProof(command: ProofCommand): Promise<boolean> {
  const started = new Date();
  const secondsLeft = () => command.budget - (Date.now() - started.getTime()) / 1000;
  const records: SectionRecord[] = [];
  for (const entry of chooseSections(command.only)) {
    console.log(`${entry.name}: ${entry.title}`);
    const share = Math.min(
      entry.seconds * Math.max(1, command.budget / 540),
      secondsLeft() - GRACE_SECONDS,
    );
    const record: SectionRecord = share < LEAST_SECONDS
      ? { name: entry.name, status: "skipped", seconds: 0, lines: [], figures: {} }
      : await runSection(entry, command.options, share);
    records.push(record);
    if (record.error !== undefined) console.log(`  ${record.error.replaceAll("\n", "\n  ")}`);
    console.log(`  -> ${record.status}, ${record.seconds.toFixed(1)} s`);
    await writeDocument(command, started, records);
  }
  console.log(records.map(({ name, status }) => `${name}: ${status}`).join("; "));
  return records.every(({ status }) => status === "passed" || status === "done");
}

if (import.meta.main) {
  await runTask(async () => await runProof(parseProofArguments(Deno.args)) ? 0 : 1);
}
