import type {
  DepthAnalysis,
  DepthWork,
  ExampleImage,
  FixedDepthComparison,
  MeasureComparison,
} from "../../analyses/depth_analysis.ts";
import {
  countCell,
  decimalCell,
  depthCell,
  fact,
  shareCell,
  significantCell,
  textCell,
  workCell,
} from "../cells.ts";
import { numbers, tableOf, words } from "../table.ts";
import { complexitySection } from "./complexity_section.ts";
import { depthRule } from "./depth_rule.ts";
import { trainedDepthSection } from "./trained_depth_section.ts";
import type {
  Fact,
  ReportBlock,
  ReportImage,
  ReportPart,
  ReportSection,
} from "../report_document.ts";
import { countOf } from "../../count_of.ts";

function spread(unit: string, { deviation }: { readonly deviation: number }): string {
  return `${unit}, deviation ${deviation.toFixed(2)}`;
}

/** What the mean over the images is of. */
function describeMean({ decides, exact }: DepthAnalysis["work"]): string {
  if (decides) return "per image at most: the network decides";
  return exact ? "mean per image, with generation" : "mean per image";
}

function resultSection(analysis: DepthAnalysis): ReportSection {
  const { data, depth, complexity, work, rule } = analysis;
  const savings = work.comparisons.map(({ against, depth, saving }) => {
    const name = against === "max" ? "work saved" : "work saved against the mean";
    return fact(name, shareCell(saving), `against ${countOf(depth, "layer")} for all images`);
  });
  return {
    title: "Result",
    blocks: [
      {
        kind: "key-figures",
        facts: [
          fact("images", countCell(data.images), `${data.part} images`),
          fact("mean depth", depthCell(depth.mean, work.decides), spread("layers", depth)),
          fact("mean complexity", decimalCell(complexity.mean, 2), spread(rule.unit, complexity)),
          fact("multiply-adds", workCell(work.meanMultiplyAdds), describeMean(work)),
          ...savings,
        ],
      },
      { kind: "facts", facts: ruleFacts(analysis) },
    ],
  };
}

/** C, where the model has one; the networks that others have published come in one width. */
function channelsOf(
  { model, maxChannels, generation, exact }: DepthAnalysis["work"],
): string | undefined {
  const hasChannels = generation > 0 || exact || model === "fixed-cnn";
  return hasChannels ? `C = ${maxChannels}` : undefined;
}

/** How a complexity becomes a depth. */
function ruleFacts({ rule, work, data }: DepthAnalysis): Fact[] {
  const { measure, unit, adaptsDepth } = rule;
  return [
    fact("data", textCell(data.dataset), countOf(data.classes, "class", "classes")),
    fact("model", textCell(work.model), channelsOf(work)),
    fact("measure", textCell(measure), `in ${unit}`),
    fact("rule", textCell(adaptsDepth ? depthRule(rule) : "the same depth for every image")),
    fact("reference complexity", significantCell(rule.referenceComplexity)),
    fact("levels per depth", countCell(rule.levelsPerDepth)),
  ];
}

function measuresTable({ measures }: DepthAnalysis): ReportBlock {
  return tableOf<MeasureComparison>(
    "Measures on the same images",
    measures,
    [
      words("measure", ({ name }) => textCell(name)),
      words("unit", ({ unit }) => textCell(unit)),
      numbers("mean", ({ distribution }) => significantCell(distribution.mean)),
      numbers("deviation", ({ distribution }) => significantCell(distribution.deviation)),
      numbers("Pearson", ({ correlation }) => decimalCell(correlation.pearson, 3)),
      numbers("Spearman", ({ correlation }) => decimalCell(correlation.spearman, 3)),
      numbers("images/s", ({ imagesPerSecond }) => countCell(Math.round(imagesPerSecond))),
    ],
    "Pearson and Spearman: correlation, also of the ranks, with the default measure. Images per second on one thread of the machine.",
  );
}

/** Whose rule the rows of the measures go by. */
function whatDecides({ adaptsDepth }: DepthAnalysis["rule"]): string {
  return adaptsDepth
    ? "The measure that decides goes by the rule above; the others have the kappa that they have by default."
    : "No measure decides here: the depth is the same for every image. The table shows what each would choose.";
}

function measureDepthsTable({ measures, rule }: DepthAnalysis): ReportBlock {
  const depths = measures[0]?.depths.map(({ depth }) => depth) ?? [];
  return tableOf<MeasureComparison>(
    "Images by depth, each measure with its own kappa",
    measures,
    [
      words("measure", ({ name }) => textCell(name)),
      numbers("kappa", ({ stepsPerBit }) => significantCell(stepsPerBit)),
      numbers("mean depth", ({ meanDepth }) => decimalCell(meanDepth, 2)),
      ...depths.map((depth, at) =>
        numbers<MeasureComparison>(
          `N = ${depth}`,
          (row) => countCell(row.depths[at]?.images ?? null),
        )
      ),
    ],
    whatDecides(rule),
  );
}

function exampleImage(example: ExampleImage, { rule, work }: DepthAnalysis): ReportImage[] {
  const { className, thumbnail, depth, index } = example;
  if (thumbnail === null) return [];
  const complexity = `${decimalCell(example.complexity, 2).text} ${rule.unit}`;
  const most = work.decides ? "at most " : "";
  return [{
    source: thumbnail,
    caption: `${className}, ${complexity}, ${most}${countOf(depth, "layer")}`,
    alternative: `Image ${index}, ${className}, ${complexity}`,
  }];
}

/** Example images; without pixels, their figures alone. */
function examplesSection(analysis: DepthAnalysis): ReportSection | null {
  const { examples } = analysis;
  if (examples.length === 0) return null;
  const images = examples.flatMap((example) => exampleImage(example, analysis));
  const text =
    "The pictures of the examples are not in the document: analyze-depth --thumbnails puts them in.";
  const pictures: ReportBlock = images.length === 0 ? { kind: "missing", text } : {
    kind: "images",
    caption: "Images along the complexity axis",
    pixelated: true,
    images,
    note: "Least complex first: the ends of the axis, and the images around its quantiles.",
  };
  return { title: "Examples", blocks: [pictures, examplesTable(analysis)] };
}

function examplesTable({ examples, work }: DepthAnalysis): ReportBlock {
  return tableOf<ExampleImage>(
    "Figures of the examples",
    examples,
    [
      numbers("image", ({ index }) => countCell(index)),
      words("class", ({ className }) => textCell(className)),
      numbers("less complex", ({ share }) => shareCell(share)),
      numbers("complexity", ({ complexity }) => decimalCell(complexity, 2)),
      numbers("spatial", ({ spatialEntropy }) => decimalCell(spatialEntropy, 2)),
      numbers("spectral", ({ spectralEntropy }) => decimalCell(spectralEntropy, 2)),
      numbers(work.decides ? "depth, at most" : "depth", ({ depth }) => countCell(depth)),
    ],
    "Less complex: share of the other images that are below. Spatial and spectral entropy in bits.",
  );
}

function describeGeneration({ exact, generation }: DepthAnalysis["work"]): string {
  if (exact) return "every image has kernels of its own, whose generation is in its figure.";
  if (generation === 0) return "no kernels are generated beforehand.";
  return "kernels generated beforehand. Generation is once per level, for all its images: " +
    `${workCell(generation).text} for the kernels of all levels.`;
}

function workSection({ work, depth: { shares } }: DepthAnalysis): ReportSection {
  const share = new Map(shares.map((row) => [row.depth, row.share]));
  const name = [work.model, channelsOf(work) ?? []].flat().join(", ");
  return {
    title: "Work",
    blocks: [
      tableOf<DepthWork>(
        "Multiply-adds by depth",
        work.depths,
        [
          numbers("depth", ({ depth }) => countCell(depth)),
          numbers("images", ({ images }) => countCell(images)),
          numbers("share", ({ depth }) => shareCell(share.get(depth) ?? null)),
          numbers("per image", ({ multiplyAdds }) => workCell(multiplyAdds)),
          numbers("generation", ({ generation }) => workCell(generation || null)),
        ],
        `${name}; ${describeGeneration(work)}` +
          (work.decides
            ? " The network itself decides; figures are those of its most expensive path."
            : ""),
      ),
      ...work.comparisons.length === 0 ? [] : [
        tableOf<FixedDepthComparison>("Against one depth for all images", work.comparisons, [
          numbers("fixed depth", ({ depth }) => countCell(depth)),
          words("which is", ({ against }) => {
            return textCell(against === "max" ? "the largest" : "the mean, rounded");
          }),
          numbers("per image", ({ multiplyAdds }) => workCell(multiplyAdds)),
          numbers("saved", ({ saving }) => shareCell(saving)),
        ]),
      ],
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
    { title: "Other measures", blocks: [measuresTable(analysis), measureDepthsTable(analysis)] },
  ];
  return {
    title: `Depth analysis of ${data.dataset}`,
    subtitle: `${
      countOf(data.images, `${data.part} image`)
    } of ${data.height} x ${data.width} pixels`,
    sections: sections.filter((section) => section !== null),
  };
}
