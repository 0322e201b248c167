import type { EvaluationSummary } from "../../runs/run_types.ts";
import {
  countCell,
  decimalCell,
  depthCell,
  fact,
  megabyteCell,
  shareCell,
  significantCell,
  textCell,
  workCell,
} from "../cells.ts";
import { hasOwnTrajectories } from "../../models/model_layers.ts";
import { SMOKE_WATERMARK } from "../chart.ts";
import type { Fact, ReportBlock, ReportPart, ReportSection } from "../report_document.ts";
import type { RunReport } from "../run_report.ts";
import { classSection } from "./class_section.ts";
import { nameOfPath } from "./name_of_path.ts";
import { originSection, protocolSection, sizeSection } from "./condition_sections.ts";
import { levelSection, levelTables } from "./level_section.ts";
import { pictureSection } from "./picture_section.ts";
import { puppeteerSection } from "./puppeteer_section.ts";
import { speedBlocks } from "./speed_block.ts";
import { standardError } from "../../evaluation/standard_error.ts";
import { tellingTop5 } from "../../evaluation/telling_top5.ts";
import { trainingSection } from "./training_section.ts";
import { countOf } from "../../count_of.ts";

/** The figures of an evaluation that say most. */
function evaluationFacts({ figures, part }: EvaluationSummary): Fact[] {
  const error = standardError(figures.top1, figures.images);
  const images = countOf(figures.images, `${part} image`) +
    (error === null ? "" : `, standard error ${(100 * error).toFixed(1)} points`);
  const top5 = tellingTop5(figures);
  return [
    fact("Top-1", shareCell(figures.top1), images),
    ...top5 === null ? [] : [fact("Top-5", shareCell(top5))],
    fact("mean depth", depthCell(figures.meanDepth, figures.routes.length > 0), "layers"),
    fact("multiply-adds", workCell(figures.meanMultiplyAdds), "mean per image"),
  ];
}

function keyFigures(report: RunReport): Fact[] {
  const { best, count } = report;
  return [
    ...report.evaluation === null
      ? best === null
        ? []
        : [fact("validation Top-1", shareCell(best.validationTop1), `best, epoch ${best.epoch}`)]
      : evaluationFacts(report.evaluation),
    ...count === null ? [] : [
      ...count.parameters.puppeteer > 0
        ? [fact("puppeteer", megabyteCell(count.megabytes.puppeteer))]
        : [],
      fact("everything stored", megabyteCell(count.megabytes.total)),
    ],
  ];
}

/** What an evaluation was made of, and its lesser figures. */
function evaluationBlock(summary: EvaluationSummary): ReportBlock {
  const { figures } = summary;
  const kernels = `kernels of ${summary.depth === undefined ? "all levels" : "this depth"}`;
  const way = `${
    summary.exact ? "one trajectory per image" : `${kernels} at hand`
  }, reading and the first, slower passes included`;
  return {
    kind: "facts",
    facts: [
      fact("run", textCell(summary.runDirectory)),
      fact("evaluated", countCell(figures.images), `${summary.part} images of ${summary.dataset}`),
      fact("checkpoint", textCell(summary.checkpoint)),
      fact("loss", decimalCell(figures.loss), "nats"),
      ...summary.depth === undefined
        ? []
        : [fact("depth of every image", countCell(summary.depth), "chosen by hand")],
      fact("mean complexity", decimalCell(figures.meanComplexity, 2), summary.complexityUnit),
      fact("speed", significantCell(figures.secondsPerImage, "s/image"), way),
      ...summary.exact ? [] : [fact(kernels, significantCell(figures.bankSeconds, "s"), "once")],
    ],
  };
}

function resultSection(report: RunReport): ReportSection {
  const facts = keyFigures(report);
  return {
    title: "Result",
    blocks: [
      ...facts.length === 0 ? [] : [{ kind: "key-figures" as const, facts }],
      ...report.evaluation === null
        ? []
        : [evaluationBlock(report.evaluation), ...speedBlocks(report.evaluation.speed)],
      ...report.missing.map((text) => ({ kind: "missing" as const, text })),
    ],
  };
}

/**
 * What a report says of a run.
 *
 * @param report The run.
 * @param program How the program is called (default: as from a checkout).
 * @returns Result, learning, levels, classes, weights, sizes, protocol, origin.
 */
export function runPart(report: RunReport, program?: string): ReportPart {
  const { model, data } = report.config;
  const sections = [
    resultSection(report),
    trainingSection(report),
    levelSection(report),
    report.evaluation === null ? null : classSection(report.evaluation.figures),
    pictureSection(report.pictures),
    puppeteerSection(report.weights),
    sizeSection(report.count, hasOwnTrajectories(report.config.model)),
    protocolSection(report),
    originSection(report, program),
  ];
  const shown = sections.filter((section) => section !== null);
  // The command that made a smoke run says so.
  const isSmoke = report.provenance.some(({ argv }) => argv.includes("--smoke"));
  return {
    title: nameOfPath(report.runDirectory) + (isSmoke ? " (SMOKE, NOT A RESULT)" : ""),
    subtitle: `${model.name} on ${data.dataset}`,
    sections: isSmoke ? shown.map(markSmoke) : shown,
  };
}

/** A picture of a chart goes around without its page: the mark must go with it. */
function markSmoke(section: ReportSection): ReportSection {
  const blocks = section.blocks.map((block): ReportBlock =>
    block.kind === "chart"
      ? { ...block, chart: { ...block.chart, watermark: SMOKE_WATERMARK } }
      : block
  );
  return { ...section, blocks };
}

/**
 * What a report says of an evaluation by itself: the document of `eval --json`, without its run.
 *
 * @param summary The evaluation.
 * @returns Result, levels without their work, classes.
 */
export function evaluationPart(summary: EvaluationSummary): ReportPart {
  return {
    title: `Evaluation of ${nameOfPath(summary.runDirectory)}`,
    subtitle: `${summary.part} images of ${summary.dataset}, checkpoint ${summary.checkpoint}`,
    sections: [
      {
        title: "Result",
        blocks: [
          { kind: "key-figures", facts: evaluationFacts(summary) },
          evaluationBlock(summary),
          ...speedBlocks(summary.speed),
        ],
      },
      { title: "Levels", blocks: levelTables(summary.figures) },
      classSection(summary.figures),
    ],
  };
}
