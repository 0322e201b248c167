import { Argument, Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import type { MathType } from "../lib/backends/backend.ts";
import type { DepthAnalysisResult } from "../lib/analyses/analyze_depth.ts";
import type { DepthAnalysis } from "../lib/analyses/depth_analysis.ts";
import type { DepthChartName } from "../lib/reports/parts/depth_charts.ts";
import { UsageError } from "../lib/errors.ts";
import { DATA_PARTS, type DataPart } from "../lib/datasets/data_part.ts";
import type { CheckpointChoice } from "../lib/runs/run_types.ts";
import type { ExperimentConfig } from "../lib/configuration/experiment_config.ts";
import type { ConfigOverride } from "../lib/configuration/config_words.ts";
import { addConfigOptions, readConfigOverrides } from "./config_options.ts";
import type { DocumentFormat } from "./document_format.ts";
import { requireRun } from "./find_run.ts";
import { createOutput, type Output } from "./output.ts";
import {
  addDocumentOptions,
  type DocumentOptions,
  FORMATS,
  planDocument,
  present,
} from "./present.ts";
import { createProgress } from "./progress.ts";
import { refuseIdleOptions, refuseOtherParts } from "./refuse_idle_options.ts";
import {
  addHelpSections,
  checkpointOption,
  debugOption,
  exactOption,
  quietOption,
  type TalkOptions,
  wholeNumber,
} from "./shared_options.ts";
import { type BackendChoice } from "./shared_options.ts";
import { startBackend } from "./start_backend.ts";

const CHART_FORMATS = [...FORMATS, "svg"] as const;
/** Named again here, so that help does not load the library; a test compares them. */
const CHARTS = ["depth", "complexity", "measures", "classes", "accuracy", "tenths"] as const;

/** Keys of the configuration that data without a trained model need. */
const DATA_KEYS: ReadonlySet<string> = new Set([
  "data.dataset",
  "data.directory",
  "data.images",
  "data.validationFraction",
  "data.selection",
  "data.testImages",
  "data.imageSize",
  "model.name",
  "model.maxChannels",
  "model.stepsPerBit",
  "model.complexityOffset",
  "model.minSteps",
  "model.maxSteps",
  "model.referenceComplexity",
  "model.levelsPerDepth",
  "training.seed",
]);

/** Of these, what may be said beside a run: where its data are, and how many test images. */
const KEYS_WITH_RUN: ReadonlySet<string> = new Set(["data.directory", "data.testImages"]);

/** Options of the command that are not keys of the configuration. */
interface AnalyzeDepthOptions extends DocumentOptions, TalkOptions {
  readonly part: DataPart;
  readonly measure?: string | undefined;
  readonly backend?: BackendChoice | undefined;
  readonly threads?: number | undefined;
  readonly math?: MathType | undefined;
  readonly checkpoint: CheckpointChoice;
  readonly batchSize: number;
  readonly exact?: true | undefined;
  readonly fixedLevels?: true | undefined;
  readonly examples: number;
  readonly thumbnails?: true | undefined;
  readonly chart: DepthChartName;
}

/** Options of the backend. */
const BACKEND_OPTIONS: readonly string[] = ["--backend", "--threads", "--math"];

/** Heading of the options that only a run gives a meaning to. */
const RUN_GROUP = "With a run:";

type Request = Parameters<
  typeof import("../lib/runs/run_depth_analysis.ts").runDepthAnalysis
>[0];

function overridesOf(options: AnalyzeDepthOptions): ReturnType<typeof readConfigOverrides> {
  // --exact is one of the run's options here, and --backend is no part of what is analysed.
  const { exact: _exact, backend: _backend, ...config } = options;
  const { measure, ...rest } = config as typeof config & Readonly<Record<string, unknown>>;
  const named = measure === undefined
    ? []
    : [{ path: "model.complexity", value: measure, from: "--measure" }];
  return [
    ...readConfigOverrides(rest).filter(({ path }) => DATA_KEYS.has(path)),
    ...named,
  ];
}

/** A run has a model and data of its own. */
async function requestOfRun(
  run: string,
  options: AnalyzeDepthOptions,
  { output, thumbnails }: { readonly output: Output; readonly thumbnails: boolean },
): Promise<Request> {
  const overrides = overridesOf(options);
  const foreign = overrides.find(({ path }) => !KEYS_WITH_RUN.has(path));
  if (foreign !== undefined) {
    throw new UsageError(
      `Cannot use ${foreign.from} with a run: its data and model are those it was trained with`,
    );
  }
  // Read through the configuration, for its checks.
  const { parseConfig } = await import("../lib/configuration/parse_config.ts");
  const { data } = parseConfig("", { source: "the options", overrides });
  const given = (path: string) => overrides.some((override) => override.path === path);
  return {
    ...commonOf(options, thumbnails),
    runDirectory: await requireRun(run),
    checkpoint: options.checkpoint,
    data: {
      ...given("data.directory") ? { directory: data.directory } : {},
      ...given("data.testImages") ? { testImages: data.testImages } : {},
    },
    batchSize: options.batchSize,
    exact: options.exact ?? false,
    fixedLevels: options.fixedLevels ?? false,
    warn: (text) => output.warn(text),
  };
}

/** Says what makes no difference; a measure is shown, whether the depth follows it or not. */
async function sayIdle(
  config: ExperimentConfig,
  overrides: readonly ConfigOverride[],
  output: Output,
): Promise<void> {
  const { remarksOnIdleOptions } = await import("./idle_options.ts");
  const asked = overrides.filter(({ path }) => path !== "model.complexity");
  for (const remark of await remarksOnIdleOptions([config], asked)) output.talk(remark);
}

async function requestOfData(
  options: AnalyzeDepthOptions,
  { output, thumbnails }: { readonly output: Output; readonly thumbnails: boolean },
): Promise<Request> {
  if (options.chart === "accuracy" || options.chart === "tenths") {
    throw new UsageError(
      `Cannot use --chart ${options.chart} without a run: it asks a trained model; name the folder of one`,
    );
  }
  const { decideConfig } = await import("../lib/runs/decide_config.ts");
  const overrides = overridesOf(options);
  // As `train` does it: depths would otherwise be those of images that are not learned.
  const { config } = await decideConfig({ source: "the options", overrides });
  await sayIdle(config, overrides, output);
  return { ...commonOf(options, thumbnails), config };
}

function commonOf({ part, examples }: AnalyzeDepthOptions, thumbnails: boolean) {
  return { part, examples: { perPlace: examples, thumbnails } };
}

/** Refuses what the format does not show, unless a page beside it does. */
function refuseForOtherFormats(
  command: CommandUnknownOpts,
  format: DocumentFormat,
  { report }: AnalyzeDepthOptions,
): void {
  const isIdle = ({ long }: Option) =>
    (long === "--chart" && format !== "svg") ||
    (long === "--examples" && report === undefined && (format === "svg" || format === "csv"));
  refuseIdleOptions(
    command,
    isIdle,
    ({ long }) =>
      long === "--chart"
        ? `with --format ${format}: it names what --format svg draws`
        : `with --format ${format}, which shows no examples`,
  );
}

async function drawChart(analysis: DepthAnalysis, name: DepthChartName): Promise<string> {
  const { depthAnalysisChart } = await import("../lib/reports/parts/depth_charts.ts");
  const { renderChart } = await import("../lib/reports/render_chart.ts");
  return await renderChart(depthAnalysisChart(analysis, name)!);
}

/** One line per image: the document has figures of all of them only. */
async function imagesCsv(images: DepthAnalysisResult["images"]): Promise<string> {
  const { imageRecords } = await import("../lib/reports/records/image_records.ts");
  const { recordsCsv } = await import("../lib/reports/csv/csv_table.ts");
  return recordsCsv(imageRecords(images));
}

async function analyzeDepth(
  runDirectory: string | undefined,
  options: AnalyzeDepthOptions,
  command: CommandUnknownOpts,
): Promise<void> {
  if (runDirectory === undefined) {
    refuseIdleOptions(
      command,
      ({ helpGroupHeading }) => helpGroupHeading === RUN_GROUP,
      "without a run: it asks a trained model; name the folder of one",
    );
    refuseIdleOptions(
      command,
      ({ long }) => BACKEND_OPTIONS.includes(long!),
      "without a run: nothing is asked of a trained model; name the folder of one, or leave it out",
    );
  }
  const output = createOutput(options);
  const format = await planDocument(options, CHART_FORMATS);
  refuseForOtherFormats(command, format, options);
  if (options.thumbnails && format !== "json" && format !== "html") {
    throw new UsageError(
      "Cannot use --thumbnails without --format json or html: only they, and the page of --report, hold pictures",
    );
  }
  // A page shows its examples.
  const thumbnails = options.thumbnails ?? (format === "html" || options.report !== undefined);
  const request = runDirectory === undefined
    ? await requestOfData(options, { output, thumbnails })
    : await requestOfRun(runDirectory, options, { output, thumbnails });
  // Where the rule is fitted, it is fitted to training images.
  const { asksForFit } = await import("../lib/runs/fit_depths.ts");
  const isFitted = "config" in request && asksForFit(request.config);
  if (!isFitted || options.part !== "test") refuseOtherParts(command, options.part);
  if ("runDirectory" in request) await startBackend(options.backend ?? "auto", output, options);
  const { runDepthAnalysis } = await import("../lib/runs/run_depth_analysis.ts");
  const progress = createProgress({ quiet: output.quiet });
  const report = (done: number, total: number, text: string) => {
    const unit = text === "generating kernels" ? { unit: "levels" } : {};
    progress.update({ done, total: total === 0 ? null : total, text, ...unit });
  };
  try {
    const result = await runDepthAnalysis({ ...request, report });
    progress.end();
    const { analysis, images } = result;
    const source = { kind: "depth-analysis", content: analysis, origin: "analyze-depth" } as const;
    const special = {
      csv: () => imagesCsv(images),
      svg: () => drawChart(analysis, options.chart),
    };
    await present([source], { ...options, format, to: output, special });
  } finally {
    progress.end();
  }
}

function addRunOptions(command: CommandUnknownOpts): void {
  const batchSize = new Option("--batch-size <images>", "most images per forward pass")
    .argParser(wholeNumber(1, 65_536)).default(128);
  const fixedLevels = new Option(
    "--fixed-levels",
    "also send all images through each level: one more pass per level",
  );
  for (const option of [checkpointOption(), batchSize, exactOption(), fixedLevels]) {
    command.addOption(option.helpGroup(RUN_GROUP));
  }
}

/**
 * Makes the command `analyze-depth`.
 *
 * @returns The command, to be added to the program.
 */
export function analyzeDepthCommand(): CommandUnknownOpts {
  const command = new Command("analyze-depth")
    .description(
      "Shows how complexity is spread over a dataset, which depths and how much work follow from " +
        "it, and how other measures compare. With a run, also how well the trained model does by " +
        "depth and complexity.",
    )
    .addArgument(new Argument("[run]", "folder of a run or model; without it, data alone"))
    .addOption(
      new Option("--part <name>", "part of the data").choices(DATA_PARTS).default("test" as const),
    )
    .addOption(
      new Option("--chart <name>", "what --format svg draws").choices(CHARTS)
        .default("depth" as const),
    )
    .addOption(
      new Option("--examples <count>", "images shown per place on the complexity axis")
        .argParser(wholeNumber(0, 100)).default(3),
    )
    .addOption(new Option("--thumbnails", "with their pixels, as PNG in the JSON"))
    .addOption(quietOption())
    .addOption(debugOption())
    .addOption(new Option("--measure <name>", "complexity measure (default: entropy)"))
    .action((run, options, self) =>
      analyzeDepth(run, options as unknown as AnalyzeDepthOptions, self)
    );
  addDocumentOptions(command, { formats: CHART_FORMATS, hasPage: true });
  addRunOptions(command);
  addConfigOptions(command, DATA_KEYS);
  addHelpSections(command, [
    ["analyze-depth --data data", "the test images of CIFAR-10"],
    ["analyze-depth --dataset synthetic --measure jpeg-like", "another dataset and measure"],
    ["analyze-depth runs/first --fixed-levels", "does adaptive depth help, cost or save?"],
    ["analyze-depth --output images.csv", "one row per image"],
    ["analyze-depth --report depth.html", "with a page of figures and example images"],
    ["analyze-depth --json --thumbnails", "everything, for a report of several documents"],
  ]);
  return command;
}
