import { Argument, Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { UsageError } from "../lib/errors.ts";
import type { NetworkFormatName } from "../lib/exports/network_format.ts";
import type { NetworkExport } from "../lib/runs/export_networks.ts";
import type { PageExport } from "../lib/runs/export_page.ts";
import type { ExportSummary } from "../lib/runs/export_run.ts";
import { InterruptedError } from "./exit_codes.ts";
import { requireRun } from "./find_run.ts";
import { createOutput, type Output } from "./output.ts";
import {
  addHelpSections,
  type BackendChoice,
  backendOption,
  checkpointOption,
  debugOption,
  jsonOption,
  quietOption,
  threadsOption,
  wholeNumber,
} from "./shared_options.ts";
import { refuseIdleOptions } from "./refuse_idle_options.ts";
import { reportError } from "./report_error.ts";
import { startBackend } from "./start_backend.ts";
import { withStopSignals } from "./stop_signals.ts";
import { layOutTable } from "../lib/reports/text/lay_out_table.ts";
import { TOOLKIT_VERSION } from "../lib/runs/toolkit_version.ts";
import { countOf } from "../lib/count_of.ts";

const FORMATS = ["model", "safetensors", "onnx", "tfjs", "web"] as const;

/** What the options were set to. */
interface ExportOptions {
  readonly output?: string | undefined;
  readonly format: typeof FORMATS[number];
  readonly level?: number | undefined;
  readonly allLevels?: true | undefined;
  readonly checkpoint: "auto" | "best" | "last";
  readonly backend?: BackendChoice | undefined;
  readonly data?: string | undefined;
  readonly threads?: number | undefined;
}

const INTERRUPTED = "Export was interrupted; nothing is left of it";

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

function differenceText(difference: number | null): string {
  if (difference === null) return "not run";
  return difference === 0 ? "0" : difference.toExponential(1);
}

/**
 * Writes what was exported as a model of this toolkit, for people.
 *
 * @param summary What `exportRun` returned.
 * @returns Text without a trailing line end.
 */
function formatExport({ directory, checkpoint, bytes }: ExportSummary): string {
  return `${directory}: checkpoint ${checkpoint}, ${
    megabytes(bytes)
  }; predict takes it like a run, eval with --data FOLDER`;
}

/**
 * Writes what was exported for other programs, for people.
 *
 * @param summary What `exportNetworks` returned.
 * @returns Text without a trailing line end.
 */
function formatNetworks(summary: NetworkExport): string {
  const { directory, checkpoint, input, networks, check } = summary;
  const table = layOutTable(
    [
      { header: "file" },
      { header: "level", align: "right" },
      { header: "depth", align: "right" },
      { header: "size", align: "right" },
      { header: "difference", align: "right" },
    ],
    networks.map(({ file, level, depth, bytes, largestDifference }) => [
      file,
      level === null ? "all" : String(level),
      depth === null ? "" : String(depth),
      megabytes(bytes),
      differenceText(largestDifference),
    ]),
  );
  const checked = "runtime" in check
    ? `Every file was run (${check.runtime}): "difference" is the largest from this toolkit's logits.`
    : `No file was run here: ${check.skipped}.`;
  return `${directory}: checkpoint ${checkpoint}\n${table}\nInput: ${input}\n${checked}`;
}

/**
 * Writes what was exported as a page, for people.
 *
 * @param summary What `exportPage` returned.
 * @returns Text without a trailing line end.
 */
function formatPage(summary: PageExport): string {
  const { directory, checkpoint, bytes, trainingImages } = summary;
  const spread = trainingImages === null
    ? "without the spread of the training images' complexity: they are not here (--data)"
    : `with the complexities of ${countOf(trainingImages, "training image")}`;
  return `${directory}: checkpoint ${checkpoint}, ${megabytes(bytes)}, ${spread}
` +
    `Open ${directory}/index.html in a browser, from the disk or from a web server.`;
}

/** The folder to write, which is named as an argument or by an option. */
function requireFolder(argument: string | undefined, { output }: ExportOptions): string {
  if (argument !== undefined && output !== undefined) {
    throw new UsageError(
      `Cannot export to both ${argument} and --output ${output}; name the folder once`,
    );
  }
  const folder = argument ?? output;
  if (folder !== undefined) return folder;
  throw new UsageError("No folder to write; name one that does not exist yet, after the run");
}

async function exportNetworkFiles(
  runDirectory: string,
  directory: string,
  at: {
    readonly format: NetworkFormatName;
    readonly options: ExportOptions;
    readonly output: Output;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { format, options, output, signal } = at;
  await startBackend(options.backend ?? "auto", output, options);
  const { exportNetworks } = await import("../lib/runs/export_networks.ts");
  const summary = await exportNetworks({
    ...{ runDirectory, directory, format, checkpoint: options.checkpoint, signal },
    level: options.level ?? null,
    producerVersion: TOOLKIT_VERSION,
    runtimeFolder: Deno.cwd(),
    warn: (text) => output.warn(text),
    report: (done, total) => output.talk(`network ${done} of ${total}`),
  });
  output.result(summary, () => formatNetworks(summary));
}

/** What only some formats take. */
function refuseIdle(
  { format, level, allLevels, data }: ExportOptions,
  command: CommandUnknownOpts,
): void {
  if ((level !== undefined || allLevels) && (format === "model" || format === "web")) {
    throw new UsageError(
      `Cannot export one level with --format ${format}: it generates them itself; give --format onnx, tfjs or safetensors`,
    );
  }
  if (data !== undefined && format !== "web") {
    throw new UsageError("--data is only for --format web, which shows the images' complexities");
  }
  if (format === "model" || format === "web") {
    refuseIdleOptions(
      command,
      ({ long }) => long === "--backend" || long === "--threads",
      `with --format ${format}: nothing is computed; it is for onnx, tfjs and safetensors`,
    );
  }
}

/** What the command does. */
async function runExport(
  run: string,
  folder: string | undefined,
  at: {
    readonly options: ExportOptions;
    readonly command: CommandUnknownOpts;
    readonly output: Output;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { options, command, output, signal } = at;
  const { format, checkpoint, data } = options;
  const warn = (text: string) => output.warn(text);
  refuseIdle(options, command);
  const directory = requireFolder(folder, options);
  const runDirectory = await requireRun(run);
  if (format === "model") {
    const { exportRun } = await import("../lib/runs/export_run.ts");
    const summary = await exportRun({ runDirectory, directory, checkpoint, signal, warn });
    output.result({ ...summary, format }, () => formatExport(summary));
  } else if (format === "web") {
    const { exportPage } = await import("../lib/runs/export_page.ts");
    const place = data === undefined ? {} : { data };
    const version = TOOLKIT_VERSION;
    const summary = await exportPage({
      ...{ runDirectory, directory, checkpoint, signal, warn },
      version,
      ...place,
    });
    output.result({ ...summary, format }, () => formatPage(summary));
  } else {
    await exportNetworkFiles(runDirectory, directory, { ...at, format });
  }
}

/**
 * Makes the command `export`.
 *
 * @returns The command, to be added to the program.
 */
export function exportCommand(): CommandUnknownOpts {
  const command = new Command("export")
    .description(
      "Writes a trained model for use and for passing on. As a model of this toolkit: one checkpoint, without " +
        "the optimizer (two thirds of it) and without the paths of the machine that trained it; it cannot be " +
        "trained further. For other programs: a network per complexity level, kernels generated and batch norm " +
        "folded into them, run and compared with the model before the folder appears.",
    )
    .addArgument(new Argument("<run>", "folder of a run or model, or a model's name"))
    .addArgument(new Argument("[folder]", "folder to write; must not exist, or be empty"))
    .addOption(new Option("--output <folder>", "the same, as an option"))
    .addOption(
      new Option(
        "--format <format>",
        "model for this toolkit, safetensors for PyTorch, onnx for onnxruntime, tfjs for TensorFlow.js, " +
          "web for a page that shows the model at work",
      ).choices(FORMATS).default("model"),
    )
    .addOption(
      new Option("--level <index>", "only the network of this level").argParser(wholeNumber(0)),
    )
    .addOption(
      new Option(
        "--all-levels",
        "the networks of all levels (the default); onnx gets one that picks the level, too",
      ).conflicts("level"),
    )
    .addOption(
      new Option("--data <folder>", "images of the run; the page shows how complex they are"),
    )
    .addOption(checkpointOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addOption(debugOption())
    .action(async (run, folder, options, command) => {
      const output = createOutput(options);
      await withStopSignals(
        (signal) => runExport(run, folder, { options, command, output, signal }),
        // Nothing is left of the export by now; what still computes is not waited for.
        (signal) => Deno.exit(reportError(new InterruptedError(signal, INTERRUPTED))),
      );
    });
  addHelpSections(command, [
    ["export runs/first models/mine", "the best checkpoint, or the last if none was validated"],
    ["predict models/mine cat.png", "the exported model at work"],
    ["export runs/first onnx --format onnx", "for onnxruntime: every level, and one that adapts"],
    ["export runs/first page --format web", "a page that shows the model at work, in any browser"],
    ["export runs/first torch --format safetensors --level 4", "one level, for PyTorch"],
  ]);
  return command;
}
