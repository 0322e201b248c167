import { dirname } from "node:path";
import { formatConfig } from "../../configuration/format_config.ts";
import { configEntries } from "../../configuration/config_words.ts";
import { defaultConfig } from "../../configuration/experiment_config.ts";
import {
  configCell,
  countCell,
  fact,
  megabyteCell,
  shareCell,
  textCell,
  workCell,
} from "../cells.ts";
import { tableOf, words } from "../table.ts";
import { commandLine } from "../command_line.ts";
import type { ModelCount } from "../../models/count_model.ts";
import { describeQuantiles } from "../../runs/fit_depths.ts";
import { type DataConfig, isResized } from "../../datasets/data_config.ts";
import type { Fact, ReportBlock, ReportSection } from "../report_document.ts";
import type { RunReport } from "../run_report.ts";
import { depthRule } from "./depth_rule.ts";

/** Keys that say where something ran, not what was run. */
const CIRCUMSTANCES: ReadonlySet<string> = new Set([
  "backend",
  "data.directory",
  "training.recompute",
]);

/**
 * Parameters and multiply-adds of a model.
 *
 * @param count What was counted; `null` where it could not be.
 * @param exact Whether every image has kernels of its own.
 * @returns The section; `null` without a count.
 */
export function sizeSection(count: ModelCount | null, exact: boolean): ReportSection | null {
  if (count === null) return null;
  const { parameters, megabytes, reference, multiplyAddsOfTool, batch, decides } = count;
  const hasPuppeteer = parameters.puppeteer > 0;
  return {
    title: "Size and work",
    blocks: [{
      kind: "facts",
      facts: [
        ...hasPuppeteer
          ? [
            fact("puppeteer, the paper's column", megabyteCell(megabytes.puppeteer)),
            fact("parameters of the puppeteer", countCell(parameters.puppeteer)),
          ]
          : [],
        fact("everything stored", megabyteCell(megabytes.total), "float32, 10^6 bytes"),
        fact("parameters stored", countCell(parameters.total)),
        fact(
          "multiply-adds of one image",
          workCell(reference.forward),
          decides
            ? "the most expensive path; the network decides"
            : "reference complexity, without generation",
        ),
        ...hasPuppeteer
          ? [
            fact(
              "generation of one level's kernels",
              workCell(reference.dynamics + reference.resizing),
              exact ? "for every image" : "once per level",
            ),
          ]
          : [],
        fact(
          "by the rule of the paper's tool",
          workCell(multiplyAddsOfTool),
          hasPuppeteer ? "one generation" : `batch of ${batch}`,
        ),
      ],
    }],
  };
}

/** What of the configuration is not the default, which is the paper's protocol on 10,000 CIFAR-10 images. */
function changesTable(report: RunReport): ReportBlock {
  const defaults = new Map(configEntries(defaultConfig()));
  const changes = configEntries(report.config)
    .filter(([path, value]) => value !== defaults.get(path) && !CIRCUMSTANCES.has(path));
  if (changes.length === 0) {
    return { kind: "text", paragraphs: ["Every value of the configuration is the default."] };
  }
  return tableOf(
    "Changed from the defaults",
    changes,
    [
      words("key", ([path]) => textCell(path)),
      words("this run", ([, value]) => configCell(value)),
      words("default", ([path]) => configCell(defaults.get(path))),
    ],
    "The defaults are the paper's protocol on 10,000 CIFAR-10 images; where the paper is silent they are our choice.",
  );
}

/** How the complexity of an image becomes its level, and where the constants come from. */
function depthFacts({ config: { model }, checkpoint }: RunReport): Fact[] {
  const fit = checkpoint?.depthFit;
  if (fit === undefined) return [];
  const before = `${
    shareCell(fit.shareBefore).text
  } of them would have been of one level (that of N = ${fit.depthBefore})`;
  return [
    fact(
      "steps of a level",
      textCell(depthRule(model)),
      `fitted to the training images: ${before}`,
    ),
    fact("quantiles of their complexity", textCell(describeQuantiles(fit))),
    fact(
      "reference complexity",
      textCell(String(model.referenceComplexity)),
      fit.quantiles.median > 0
        ? "fitted: the median"
        : "fitted: the middle between 5 % and 95 %, since the median is 0",
    ),
  ];
}

/** Images that were trained on, from the number of images taken and the share held out. */
function trainingImagesFact({ dataset, images, validationFraction }: DataConfig): Fact {
  const share = `${shareCell(validationFraction).text} held out`;
  // What a folder holds is not in its configuration.
  const note = dataset === "folder" ? `${share}, unless the folder has a validation part` : share;
  if (images === null) return fact("training images", textCell("all"), note);
  if (dataset === "folder") return fact("training images", countCell(images), note);
  const held = Math.round(images * validationFraction);
  return fact("training images", countCell(images - held), `${countCell(held).text} held out`);
}

function protocolFacts(report: RunReport): ReportBlock {
  const { data, training, model } = report.config;
  const augmentation = [
    ...training.flip ? ["mirrored at random"] : [],
    ...training.crop > 0 ? [`cropped at random by up to ${training.crop} pixels`] : [],
    ...isResized(data.dataset) && data.resizeTo !== null
      ? [`cut at random out of ${data.resizeTo} pixels`]
      : [],
    ...training.color > 0 ? [`colours changed by up to ${shareCell(training.color).text}`] : [],
  ];
  return {
    kind: "facts",
    facts: [
      fact("model", textCell(model.name)),
      fact("dataset", textCell(data.dataset)),
      trainingImagesFact(data),
      fact(
        "augmentation",
        textCell(augmentation.length === 0 ? "none" : augmentation.join(", ")),
        training.featureMixing > 0
          ? `feature maps of pairs of images mixed in ${
            shareCell(training.featureMixing).text
          } of the steps`
          : undefined,
      ),
      ...depthFacts(report),
      fact("epochs planned", countCell(training.epochs)),
      fact("batch", countCell(training.batchSize)),
      fact("schedule", textCell(training.schedule), `peak rate ${training.learningRate}`),
      fact("seed", countCell(training.seed)),
    ],
  };
}

/**
 * Under which protocol a run was made.
 *
 * @param report The run.
 * @returns The section.
 */
export function protocolSection(report: RunReport): ReportSection {
  return { title: "Protocol", blocks: [protocolFacts(report), changesTable(report)] };
}

/** The command lines that made the run, oldest first. */
function commandsOf({ provenance }: RunReport, program: string | undefined): string {
  return provenance.map(({ argv }) => commandLine(argv, program)).join("\n");
}

/** The option by which a run began with the weights of another, as it was given; none for one from scratch. */
function weightsOption({ provenance: [first] }: RunReport): string[] {
  if (first?.weights === undefined) return [];
  const given = first.argv.findLastIndex((word) => /^--weights(?:=|$)/.test(word));
  const words = first.argv.slice(given, first.argv[given] === "--weights" ? given + 2 : given + 1);
  // The folder that it was started in, or the one above, is another one now.
  if (given >= 0 && !/(?:^|=)\.{1,2}[/\\]?$/.test(words.at(-1)!)) return words;
  // A checkpoint lies in a folder of its run's.
  return ["--weights", dirname(dirname(first.weights))];
}

/**
 * Where a run was made, and how to make it again.
 *
 * @param report The run.
 * @param program How the program is called (default: as from a checkout).
 * @returns The section.
 */
export function originSection(report: RunReport, program?: string): ReportSection {
  const last = report.provenance.at(-1);
  const blocks: ReportBlock[] = last === undefined ? [] : [
    { kind: "code", caption: "Made by", text: commandsOf(report, program) },
  ];
  blocks.push({
    kind: "code",
    caption: "Made again, from the configuration below",
    text: commandLine([
      ...["train", "--config", `${report.runDirectory}/config.yaml`, "--run", "NEW_FOLDER"],
      ...weightsOption(report),
    ], program),
  });
  if (last !== undefined) {
    const checkpoint = report.checkpoint;
    blocks.push({
      kind: "facts",
      facts: [
        fact("machine", textCell(last.machine)),
        fact("begun", textCell(report.provenance[0]!.startedAt)),
        ...report.provenance.length === 1 ? [] : [fact("continued", textCell(last.startedAt))],
        ...checkpoint === null
          ? []
          : [fact("checkpoint", textCell(checkpoint.folder), checkpoint.backend)],
        ...Object.entries(last.versions).map(([name, version]) => fact(name, textCell(version))),
      ],
    });
  }
  blocks.push({
    kind: "code",
    caption: "config.yaml",
    text: formatConfig(report.config).trimEnd(),
  });
  return { title: "Origin", blocks };
}
