import type { DepthAnalysis, ExampleImage } from "../../analyses/depth_analysis.ts";
import {
  countCell,
  decimalCell,
  fact,
  shareCell,
  significantCell,
  textCell,
  workCell,
} from "../cells.ts";
import { complexitySection } from "./complexity_section.ts";
import { trainedDepthSection } from "./trained_depth_section.ts";
import type { ReportBlock, ReportColumn, ReportPart, ReportSection } from "../report_document.ts";

function right(header: string): ReportColumn {
  return { header, align: "right" };
}

function resultSection(analysis: DepthAnalysis): ReportSection {
  const { data, depth, complexity, work, rule } = analysis;
  const savings = work.comparisons.map(({ against, depth, saving }) => {
    const name = against === "max" ? "work saved" : "work saved against the mean";
    return fact(name, shareCell(saving), `against ${depth} layers for all images`);
  });
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
          ...rule.complexityOffset
            ? [fact("complexity offset", significantCell(rule.complexityOffset), rule.unit)]
            : [],
          fact("fewest layers", countCell(rule.minSteps)),
          fact("most layers", countCell(rule.maxSteps)),
          fact("reference complexity", significantCell(rule.referenceComplexity)),
          fact("levels per depth", countCell(rule.levelsPerDepth)),
        ],
      },
    ],
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
      right("Pearson"),
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
      decimalCell(row.correlation.pearson, 3),
      decimalCell(row.correlation.spearman, 3),
      significantCell(row.stepsPerBit),
      decimalCell(row.meanDepth, 2),
      countCell(Math.round(row.imagesPerSecond)),
    ]),
    note:
      "Pearson and Spearman: correlation, also of the ranks, with the default measure. Images per second on one thread of the machine.",
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
        caption: `${example.className}, ${
          example.complexity.toFixed(2)
        } ${unit}, ${example.depth} layers`,
        alternative: `Image ${example.index}, ${example.className}, ${
          example.complexity.toFixed(2)
        } ${unit}`,
      })),
      note: "Least complex first: the ends of the axis, and the images around its quantiles.",
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
    complexitySection(analysis),
    examplesSection(analysis),
    workSection(analysis),
    trainedDepthSection(analysis),
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
