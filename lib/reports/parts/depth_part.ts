import { depthAnalysisChart, depthChartNames } from "../../analyses/depth_charts.ts";
import type { DepthAnalysis, ExampleImage, TrainedFigures } from "../../analyses/depth_analysis.ts";
import {
  countCell,
  decimalCell,
  fact,
  shareCell,
  significantCell,
  textCell,
  workCell,
} from "../cells.ts";
import type {
  Cell,
  ReportBlock,
  ReportColumn,
  ReportPart,
  ReportSection,
} from "../report_document.ts";

function right(header: string): ReportColumn {
  return { header, align: "right" };
}

function resultSection(analysis: DepthAnalysis): ReportSection {
  const { data, depth, complexity, work, rule } = analysis;
  const savings = work.comparisons.map(({ against, depth, saving }) =>
    fact(
      against === "max" ? "work saved" : "work saved against the mean",
      shareCell(saving),
      `against ${depth} layers for all images`,
    )
  );
  return {
    title: "Result",
    blocks: [
      {
        kind: "key-figures",
        facts: [
          fact("images", countCell(data.images), `${data.part} images`),
          fact(
            "mean depth",
            decimalCell(depth.mean, 2),
            `layers, deviation ${depth.deviation.toFixed(2)}`,
          ),
          fact(
            "mean complexity",
            decimalCell(complexity.mean, 2),
            `${rule.unit}, deviation ${complexity.deviation.toFixed(2)}`,
          ),
          fact("multiply-adds", workCell(work.meanMultiplyAdds), "mean per image"),
          ...savings,
        ],
      },
      {
        kind: "facts",
        facts: [
          fact("measure", textCell(rule.measure)),
          fact("layers per bit, kappa", significantCell(rule.stepsPerBit)),
          fact("fewest layers", countCell(rule.minSteps)),
          fact("most layers", countCell(rule.maxSteps)),
          fact("reference complexity", significantCell(rule.referenceComplexity)),
          fact("levels per depth", countCell(rule.levelsPerDepth)),
        ],
      },
    ],
  };
}

function chartBlocks(analysis: DepthAnalysis): ReportBlock[] {
  return depthChartNames.filter((name) => name !== "accuracy").flatMap((name) => {
    const chart = depthAnalysisChart(analysis, name);
    return chart === null ? [] : [{ kind: "chart" as const, chart }];
  });
}

function classesTable({ classes }: DepthAnalysis): ReportBlock {
  return {
    kind: "table",
    caption: "Complexity by class",
    columns: [
      { header: "class" },
      right("images"),
      right("mean complexity"),
      right("deviation"),
      right("mean depth"),
    ],
    rows: classes.map((row) => [
      textCell(row.className),
      countCell(row.images),
      decimalCell(row.meanComplexity, 2),
      decimalCell(row.deviation, 2),
      decimalCell(row.meanDepth, 2),
    ]),
  };
}

function measuresTable({ measures }: DepthAnalysis): ReportBlock {
  return {
    kind: "table",
    caption: "Measures on the same images",
    columns: [
      { header: "measure" },
      { header: "unit" },
      right("mean"),
      right("deviation"),
      right("Spearman"),
      right("kappa"),
      right("mean depth"),
      right("images/s"),
    ],
    rows: measures.map((row) => [
      textCell(row.name),
      textCell(row.unit),
      significantCell(row.distribution.mean),
      significantCell(row.distribution.deviation),
      decimalCell(row.correlation.spearman, 3),
      significantCell(row.stepsPerBit),
      decimalCell(row.meanDepth, 2),
      countCell(Math.round(row.imagesPerSecond)),
    ]),
    note:
      "Spearman: correlation of the ranks with the default measure. Images per second on one thread of the machine.",
  };
}

/** Example images; without pixels, their figures alone. */
function examplesSection(analysis: DepthAnalysis): ReportSection | null {
  const { examples, rule } = analysis;
  if (examples.length === 0) return null;
  const unit = rule.unit;
  const pictures = examples.filter((example): example is ExampleImage & { thumbnail: string } =>
    example.thumbnail !== null
  );
  const images: ReportBlock[] = pictures.length === 0
    ? [{
      kind: "missing",
      text:
        "The pictures of the examples are not in the document: analyze-depth --thumbnails puts them in.",
    }]
    : [{
      kind: "images",
      caption: "Images along the complexity axis",
      pixelated: true,
      images: pictures.map((example) => ({
        source: example.thumbnail,
        caption: `${example.complexity.toFixed(2)} ${unit}, ${example.depth} layers`,
        alternative: `Image ${example.index}, ${example.className}, ${
          example.complexity.toFixed(2)
        } ${unit}`,
      })),
      note: "Least complex first.",
    }];
  return { title: "Examples", blocks: [...images, examplesTable(examples)] };
}

function examplesTable(examples: readonly ExampleImage[]): ReportBlock {
  return {
    kind: "table",
    caption: "Figures of the examples",
    columns: [
      right("image"),
      { header: "class" },
      right("less complex"),
      right("complexity"),
      right("spatial"),
      right("spectral"),
      right("depth"),
    ],
    rows: examples.map((example) => [
      countCell(example.index),
      textCell(example.className),
      shareCell(example.share),
      decimalCell(example.complexity, 2),
      decimalCell(example.spatialEntropy, 2),
      decimalCell(example.spectralEntropy, 2),
      countCell(example.depth),
    ]),
    note: "Less complex: share of the images below. Spatial and spectral entropy in bits.",
  };
}

function workSection({ work }: DepthAnalysis): ReportSection {
  return {
    title: "Work",
    blocks: [
      {
        kind: "table",
        caption: "Multiply-adds by depth",
        columns: ["depth", "images", "per image", "generation"].map(right),
        rows: work.depths.map((row) => [
          countCell(row.depth),
          countCell(row.images),
          workCell(row.multiplyAdds),
          workCell(row.generation),
        ]),
        note:
          `${work.model}, C = ${work.maxChannels}; kernels at hand. Generation is once per level, for all its images.` +
          (work.decides
            ? " The network itself decides; figures are those of its dearest way."
            : ""),
      },
      ...work.comparisons.length === 0 ? [] : [{
        kind: "table" as const,
        caption: "Against one depth for all images",
        columns: ["fixed depth", "per image", "saved"].map(right),
        rows: work.comparisons.map((row) => [
          countCell(row.depth),
          workCell(row.multiplyAdds),
          shareCell(row.saving),
        ]),
      }],
    ],
  };
}

const FIGURE_COLUMNS = ["images", "Top-1", "confidence", "loss", "multiply-adds"].map(right);

function figureCells(figures: TrainedFigures): Cell[] {
  return [
    countCell(figures.images),
    shareCell(figures.top1),
    shareCell(figures.confidence),
    decimalCell(figures.loss),
    workCell(figures.multiplyAdds),
  ];
}

function trainedSection(analysis: DepthAnalysis): ReportSection | null {
  const { trained, depth } = analysis;
  if (trained === null) return null;
  const chart = depthAnalysisChart(analysis, "accuracy");
  const { fixedLevels } = trained;
  const blocks: ReportBlock[] = [
    ...chart === null ? [] : [{ kind: "chart" as const, chart }],
    {
      kind: "table",
      caption: "The trained model by depth",
      columns: [right("depth"), ...FIGURE_COLUMNS],
      rows: [
        ...trained.depths.map((row) => [countCell(row.depth), ...figureCells(row)]),
        [{ value: null, text: "all" }, ...figureCells(trained.overall)],
      ],
      note: `Run ${trained.runDirectory}, ${trained.checkpoint}; mean depth ${
        depth.mean.toFixed(2)
      }.`,
    },
    {
      kind: "table",
      caption: "By tenth of the images in order of complexity",
      columns: [right("tenth"), right("from"), right("to"), ...FIGURE_COLUMNS],
      rows: trained.deciles.map((row) => [
        countCell(row.decile),
        decimalCell(row.from, 2),
        decimalCell(row.to, 2),
        ...figureCells(row),
      ]),
    },
  ];
  if (fixedLevels !== null) {
    blocks.push({
      kind: "table",
      caption: "The same weights, all images through one level",
      columns: [right("level"), right("depth"), ...FIGURE_COLUMNS],
      rows: fixedLevels.levels.map((row) => [
        countCell(row.level),
        countCell(row.depth),
        ...figureCells(row),
      ]),
      note:
        `Best: level ${fixedLevels.best}, chosen after the fact. Levels drawn blindly in the same proportions: Top-1 ` +
        `${shareCell(fixedLevels.blind.top1).text}, loss ${
          decimalCell(fixedLevels.blind.loss).text
        }.`,
    });
  }
  return { title: "The trained model", blocks };
}

/**
 * What a report says of a depth analysis.
 *
 * @param analysis The document of `analyze-depth --json`.
 * @returns Charts, examples, work, and the trained model where there is one.
 */
export function depthPart(analysis: DepthAnalysis): ReportPart {
  const { data } = analysis;
  const sections = [
    resultSection(analysis),
    { title: "Complexity and depth", blocks: [...chartBlocks(analysis), classesTable(analysis)] },
    examplesSection(analysis),
    workSection(analysis),
    trainedSection(analysis),
    { title: "Other measures", blocks: [measuresTable(analysis)] },
  ];
  return {
    title: `Depth analysis of ${data.dataset}`,
    subtitle: `${
      data.images.toLocaleString("en-US")
    } ${data.part} images of ${data.height} x ${data.width} pixels`,
    sections: sections.filter((section) => section !== null),
  };
}
