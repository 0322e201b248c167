import { Argument, Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { DataError, UsageError } from "../lib/errors.ts";
import { datasetSources } from "../lib/datasets/dataset_catalog.ts";
import type { FetchResult } from "../lib/datasets/fetch_dataset.ts";
import type { FetchProgress } from "../lib/datasets/fetch_options.ts";
import type { Verification } from "../lib/datasets/verify_dataset.ts";
import { InterruptedError } from "./exit_codes.ts";
import { createOutput, type Output, showBeforeEnd } from "./output.ts";
import { createProgress, type Progress } from "./progress.ts";
import { addHelpSections, debugOption, jsonOption, quietOption } from "./shared_options.ts";
import { withStopSignals } from "./stop_signals.ts";
import { quoteWord } from "../lib/safe_text.ts";
import { countOf } from "../lib/count_of.ts";

/** What the options of `fetch-data` were set to. */
interface FetchDataOptions {
  readonly directory: string;
  readonly from?: string | undefined;
  readonly mirror: readonly string[];
  readonly only?: string | undefined;
  readonly verify?: true | undefined;
  readonly list?: true | undefined;
  readonly force?: true | undefined;
  readonly json?: true | undefined;
  readonly quiet?: true | undefined;
}

const NAMES = datasetSources.map(({ name }) => name);

/**
 * Makes the command `fetch-data`.
 *
 * @returns The command, ready to be added to the program.
 */
export function fetchDataCommand(): CommandUnknownOpts {
  const command = new Command("fetch-data")
    .description("Downloads a dataset, checks it and installs it.")
    .addArgument(new Argument("[name]", "dataset").choices(NAMES))
    .option(
      "--directory <folder>",
      "data directory; every dataset has its own folder in it",
      "data",
    )
    .option("--from <path>", "take the data from a local archive or folder; no network is used")
    .addOption(
      new Option(
        "--mirror <address>",
        "another address of the archive, asked before the publisher's; repeatable",
      )
        .argParser((address: string, previous: string[]) => [...previous, address])
        .default([] as string[], "none"),
    )
    .option(
      "--only <file>",
      "keep only the training images that a list names (cifar10, cifar100); see results/training-images.txt",
    )
    .option("--verify", "check installed data against its digests; changes nothing")
    .option("--list", "show the known datasets and which are installed")
    .option("--force", "replace installed data, once the new data is complete")
    .addOption(jsonOption())
    .addOption(quietOption())
    .addOption(debugOption())
    .action(async (name, options) => await runFetchData(name, options));
  addHelpSections(command, [
    ["fetch-data cifar10", "CIFAR-10 into data/"],
    ["fetch-data cifar10 --from cifar-10-binary.tar.gz", "from an archive that is here already"],
    [
      "fetch-data cifar10 --mirror https://example.org/cifar-10-binary.tar.gz",
      "from a mirror first, then from the publisher",
    ],
    [
      "fetch-data cifar10 --only results/training-images.txt --directory published",
      "the training images of the published runs",
    ],
    ["fetch-data --list", "what is there"],
    ["fetch-data cifar10 --verify", "whether it is intact"],
  ]);
  return command;
}

async function runFetchData(name: string | undefined, options: FetchDataOptions): Promise<void> {
  const output = createOutput(options);
  if (options.list) {
    checkList(name, options);
    return await showList(options.directory, output);
  }
  if (name === undefined) {
    throw new UsageError(`No dataset given; name one of ${NAMES.join(", ")}, or use --list`);
  }
  checkCombination(name, options);
  const outcome = options.verify
    ? "Verification was interrupted; run the command again"
    : "Nothing was installed; run the command again: a download goes on where it stopped";
  await runStoppable(outcome, async (signal) => {
    const progress = createFetchProgress(options.quiet ?? false);
    try {
      if (options.verify) await verify(name, { options, output, progress, signal });
      else await install(name, { options, output, progress, signal });
    } finally {
      progress.end();
    }
  });
}

/** A list is shown, and nothing else is done. */
function checkList(
  name: string | undefined,
  { from, mirror, only, verify, force }: FetchDataOptions,
): void {
  if (name !== undefined) {
    throw new UsageError(`--list shows all datasets; leave out ${name}, or --list`);
  }
  const isMore = [from, only, verify, force].some((option) => option !== undefined);
  if (!isMore && mirror.length === 0) return;
  throw new UsageError(
    "--list changes nothing; leave out --from, --mirror, --only, --verify and --force",
  );
}

/** Options that contradict each other are refused before anything is done. */
function checkCombination(name: string, options: FetchDataOptions): void {
  const { from, mirror, only, verify, force } = options;
  if (verify && (from !== undefined || mirror.length > 0 || only !== undefined || force)) {
    throw new UsageError(
      "--verify changes nothing; leave out --from, --mirror, --only and --force",
    );
  }
  if (only !== undefined && !name.startsWith("cifar")) {
    throw new UsageError(
      `--only keeps images of cifar10 or cifar100, not of ${name}; leave it out`,
    );
  }
  if (from !== undefined && mirror.length > 0) {
    throw new UsageError("--from uses no network; leave out --mirror, or leave out --from");
  }
  if (name === "synthetic" && (from !== undefined || mirror.length > 0)) {
    throw new UsageError("synthetic is drawn on this machine; leave out --from and --mirror");
  }
  for (const address of mirror) {
    if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
      throw new UsageError(
        `--mirror must be an http or https address, current value is ${address}`,
      );
    }
  }
}

interface FetchContext {
  readonly options: FetchDataOptions;
  readonly output: Output;
  readonly progress: FetchProgressDisplay;
  readonly signal: AbortSignal;
}

async function install(name: string, context: FetchContext): Promise<void> {
  const { options, output, progress, signal } = context;
  const { fetchDataset } = await import("../lib/datasets/fetch_dataset.ts");
  const result = await fetchDataset(name, {
    directory: options.directory,
    from: options.from,
    mirrors: options.mirror,
    only: options.only,
    force: options.force,
    onProgress: progress.update,
    onNote: progress.note,
    signal,
  });
  progress.end();
  if (!result.manifest.official && result.manifest.source.kind !== "generated") {
    output.talk(
      `Note: no official digest vouches for this copy of ${name}; its files are well formed, and their ` +
        `own digests are recorded in ${result.path}/manifest.json`,
    );
  }
  output.result(summarize(result), () => describe(result));
}

function totalBytes(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function summarize(result: FetchResult): Record<string, unknown> {
  const { name, path, status, manifest } = result;
  const { source, official, archive, files } = manifest;
  return {
    name,
    path,
    status,
    source,
    official,
    archive,
    files: files.length,
    bytes: totalBytes(files),
  };
}

function describe(result: FetchResult): string {
  const { name, path, status, manifest } = result;
  const verb = {
    installed: "installed",
    replaced: "replaced",
    present: "already there (--force replaces it), intact:",
  };
  return `${name} ${verb[status]} ${status === "present" ? "" : "in "}${path} (${
    describeFiles(manifest.files)
  })`;
}

/** How much is installed: a list of images to keep, or a folder with some of the batches, leaves less than the set. */
function describeFiles(files: readonly { readonly bytes: number }[]): string {
  return `${countOf(files.length, "file")}, ${(totalBytes(files) / 1e6).toFixed(1)} MB`;
}

async function verify(name: string, context: FetchContext): Promise<void> {
  const { options, output, progress, signal } = context;
  const { directory } = options;
  const { verifyDataset } = await import("../lib/datasets/verify_dataset.ts");
  const found = await verifyDataset(name, { directory, onProgress: progress.update, signal });
  progress.end();
  await showBeforeEnd(
    () =>
      output.result(summarizeVerification(found), () => {
        const size = found.manifest === null ? "" : ` (${describeFiles(found.manifest.files)})`;
        return `${name} ${found.status} in ${found.path}${size}`;
      }),
    () => refuseIncomplete(found, directory),
  );
}

function refuseIncomplete({ name, status, problems }: Verification, directory: string): void {
  if (status === "complete") return;
  const shown = problems.slice(0, 5).join("; ");
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : "";
  const force = status === "missing" ? "" : " --force";
  throw new DataError(
    `Cannot vouch for ${name}: ${shown}${more}; install it with "fetch-data ${name} --directory ` +
      `${quoteWord(directory)}${force}"`,
  );
}

function summarizeVerification(found: Verification): Record<string, unknown> {
  const { name, path, status, problems, manifest } = found;
  return {
    name,
    path,
    status,
    problems,
    official: manifest?.official ?? null,
    files: manifest?.files.length ?? null,
    bytes: manifest === null ? null : totalBytes(manifest.files),
  };
}

async function showList(directory: string, output: Output): Promise<void> {
  const { listDatasets } = await import("../lib/datasets/verify_dataset.ts");
  const { layOutTable } = await import("../lib/reports/text/lay_out_table.ts");
  const entries = await listDatasets(directory);
  output.result(
    entries.map((entry) => ({ ...summarizeVerification(entry), description: entry.description })),
    () =>
      layOutTable(
        [
          { header: "name" },
          { header: "status" },
          { header: "installed" },
          { header: "the whole set" },
        ],
        entries.map(({ name, status, manifest, description }) => [
          ...[name, status, manifest === null ? "\u2013" : describeFiles(manifest.files)],
          description,
        ]),
      ),
  );
  if (entries.some(({ status }) => status === "foreign")) {
    output.talk("foreign: not installed by fetch-data; used as it is, its content was not checked");
  }
}

interface FetchProgressDisplay {
  readonly update: (state: FetchProgress) => void;
  readonly note: (text: string) => void;
  readonly end: () => void;
}

/** A display that starts anew with every step, so that one step's pace does not colour the next. */
function createFetchProgress(quiet: boolean): FetchProgressDisplay {
  let display: Progress | null = null;
  let step = "";
  function end(): void {
    display?.end();
    display = null;
  }
  return {
    update(state) {
      if (display === null || state.text !== step) {
        end();
        display = createProgress({ quiet, unit: state.unit });
        step = state.text;
      }
      display.update({ done: state.done, total: state.total, text: state.text });
    },
    note(text) {
      display ??= createProgress({ quiet });
      display.note(text);
    },
    end,
  };
}

/** Ctrl-C and SIGTERM end the work cleanly: half a download stays for the next time. */
async function runStoppable(
  outcome: string,
  action: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { result: isDone, signal } = await withStopSignals(async (abort) => {
    try {
      await action(abort);
      return true;
    } catch (error) {
      if (abort.aborted) return false;
      throw error;
    }
  }, () => {});
  if (!isDone && signal !== null) {
    throw new InterruptedError(signal, outcome);
  }
}
