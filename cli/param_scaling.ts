import {
  Command,
  type CommandUnknownOpts,
  InvalidArgumentError,
  Option,
} from "@commander-js/extra-typings";
import type { ParameterScaling } from "../lib/analyses/parameter_scaling.ts";
import { UsageError } from "../lib/errors.ts";
import type { Chart } from "../lib/reports/chart.ts";
import { createOutput } from "./output.ts";
import {
  addDocumentOptions,
  type DocumentOptions,
  FORMATS,
  planDocument,
  present,
} from "./present.ts";
import { refuseIdleOptions } from "./refuse_idle_options.ts";
import {
  addHelpSections,
  debugOption,
  quietOption,
  type TalkOptions,
  wholeNumber,
} from "./shared_options.ts";

const CHART_FORMATS = [...FORMATS, "svg"] as const;

/** Columns of the paper's table. */
const PAPER_CHANNELS = [64, 128, 256, 512, 1024, 2048, 4096];
const FAMILIES = ["vgg", "resnet"];

/** Makes a parser for numbers with commas between them. */
function numberList(
  accepts: (value: number) => boolean,
  range: string,
): (text: string) => number[] {
  return (text) => {
    const words = text.split(",").map((word) => word.trim());
    const values = words.map((word) => /^\d+$/.test(word) ? Number(word) : NaN);
    const wrong = words.find((_, index) => !accepts(values[index]!));
    if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" must be ${range}.`);
    return [...new Set(values)];
  };
}

function readFamilies(text: string): string[] {
  const words = text.split(",").map((word) => word.trim());
  const wrong = words.find((word) => !FAMILIES.includes(word));
  if (wrong !== undefined) {
    throw new InvalidArgumentError(`"${wrong}" must be one of ${FAMILIES.join(", ")}.`);
  }
  return [...new Set(words)];
}

/** Options of the command. */
interface ParamScalingOptions extends DocumentOptions, TalkOptions {
  readonly table?: "7" | undefined;
  readonly figure?: "4" | undefined;
  readonly channels: readonly number[];
  readonly figureChannels: number;
  readonly kernelSizes: readonly number[];
  readonly families: readonly string[];
  readonly classes: number;
  readonly imageSize: number;
}

async function analyze(options: ParamScalingOptions): Promise<ParameterScaling> {
  const { analyzeParameterScaling } = await import("../lib/analyses/analyze_parameter_scaling.ts");
  const { defaultConfig } = await import("../lib/configuration/experiment_config.ts");
  const both = options.table === undefined && options.figure === undefined;
  const { classes, imageSize, kernelSizes } = options;
  return await analyzeParameterScaling(
    { ...defaultConfig().model, maxChannels: options.figureChannels },
    {
      channels: both || options.table !== undefined ? options.channels : null,
      families: both || options.figure !== undefined ? options.families : null,
      kernelSizes,
      classes,
      image: { height: imageSize, width: imageSize },
    },
  );
}

/** One picture holds one chart: the one that was asked for. */
async function drawParameterScaling(analysis: ParameterScaling): Promise<string> {
  const { figure4Chart, table7Chart } = await import(
    "../lib/reports/parts/parameter_scaling_charts.ts"
  );
  const { renderChart } = await import("../lib/reports/render_chart.ts");
  const chart: Chart = (figure4Chart(analysis) ?? table7Chart(analysis))!;
  return await renderChart(chart);
}

/** Options of the other one, where only the table or only the figure is asked for. */
function refuseOptionsOfOther(
  command: CommandUnknownOpts,
  { table, figure }: ParamScalingOptions,
): void {
  if ((table === undefined) === (figure === undefined)) return;
  const [idle, asked] = figure === undefined
    ? [["--families", "--figure-channels"], "--table 7: it is for --figure 4"]
    : [["--channels"], "--figure 4: it is for --table 7; the figure has --figure-channels"];
  refuseIdleOptions(command, ({ long }) => idle.includes(long!), `with ${asked}`);
}

async function paramScaling(
  options: ParamScalingOptions,
  command: CommandUnknownOpts,
): Promise<void> {
  refuseOptionsOfOther(command, options);
  const to = createOutput(options);
  const format = await planDocument(options, CHART_FORMATS);
  if (format === "svg" && (options.table === undefined) === (options.figure === undefined)) {
    throw new UsageError(
      "Cannot draw both in one picture: give either --table 7 or --figure 4 with --format svg",
    );
  }
  const content = await analyze(options);
  const source = { kind: "parameter-scaling", content, origin: "param-scaling" } as const;
  const special = { svg: () => drawParameterScaling(content) };
  await present([source], { ...options, format, to, special });
}

function addCountOptions(command: CommandUnknownOpts): void {
  const channel = (value: number) => value >= 8 && value <= 8192 && value % 8 === 0;
  const channels = "a multiple of 8 in 8..8192";
  const kernel = (value: number) => value >= 1 && value <= 15 && value % 2 === 1;
  command
    .addOption(
      new Option("--channels <list>", "values of C in Table 7, with commas")
        .argParser(numberList(channel, channels))
        .default(PAPER_CHANNELS, PAPER_CHANNELS.join()),
    )
    .addOption(
      new Option("--kernel-sizes <list>", "sides of the kernels in taps, odd, with commas")
        .argParser(numberList(kernel, "an odd number in 1..15")).default([3], "3"),
    )
    .addOption(
      new Option("--families <list>", `architectures of Figure 4: ${FAMILIES.join(", ")}`)
        .argParser(readFamilies).default(FAMILIES, FAMILIES.join()),
    )
    .addOption(
      new Option("--figure-channels <count>", "C of the puppeteer in Figure 4")
        .argParser((text) => {
          const values = numberList(channel, channels)(text);
          if (values.length === 1) return values[0]!;
          throw new InvalidArgumentError("It must be one number.");
        }).default(512),
    )
    .addOption(
      new Option("--classes <count>", "number of classes")
        .argParser(wholeNumber(2, 100_000)).default(10),
    )
    .addOption(
      new Option("--image-size <pixels>", "side of the images that multiply-adds are of")
        .argParser(wholeNumber(32, 1024)).default(32),
    );
}

/**
 * Makes the command `param-scaling`.
 *
 * @returns The command, to be added to the program.
 */
export function paramScalingCommand(): CommandUnknownOpts {
  const command = new Command("param-scaling")
    .description(
      "Counts how parameters and work grow: with the width of the puppeteer (Table 7 of the " +
        "paper, beside its figures) and with the depth of the puppet (Figure 4). Without " +
        "--table and --figure, both.",
    )
    .addOption(new Option("--table <number>", "this table of the paper").choices(["7"]))
    .addOption(new Option("--figure <number>", "this figure of the paper").choices(["4"]));
  addDocumentOptions(command, { formats: CHART_FORMATS, hasPage: true });
  command
    .addOption(quietOption())
    .addOption(debugOption())
    .action((options, self) => paramScaling(options as unknown as ParamScalingOptions, self));
  addCountOptions(command);
  addHelpSections(command, [
    ["param-scaling --table 7", "both rows of Table 7 beside the paper's figures"],
    ["param-scaling --figure 4 --kernel-sizes 3,5", "Figure 4, also for 5 x 5 kernels"],
    ["param-scaling --figure 4 --format svg --output figure4.svg", "the figure as a picture"],
    ["param-scaling --channels 96,192 --json", "other widths, for a script"],
  ]);
  return command;
}
