import type {
  DepthAnalysis,
  DepthShare,
  FixedDepthComparison,
} from "../lib/analyses/depth_analysis.ts";
import type { Correlation, Distribution } from "../lib/analyses/distribution.ts";
import { formatMultiplyAdds } from "./multiply_adds_text.ts";
import { formatCount, formatDecimals, formatShare, formatSmall } from "./number_text.ts";
import { markdownText } from "./markdown_text.ts";
import { renderMarkdownTable } from "./table_formats.ts";
import { renderTable, type TableColumn } from "./text_table.ts";
import { formatTrainedParts } from "./trained_depth_text.ts";

/** Writes a table, as text or as Markdown. */
export type TableRenderer = typeof renderTable;

const BAR_WIDTH = 30;

function right(header: string): TableColumn {
  return { header, align: "right" };
}

/** `0.31 (Spearman 0.29)`. */
function showCorrelation({ pearson, spearman }: Correlation): string {
  return pearson === null
    ? "none, one of them is constant"
    : `${formatDecimals(pearson, 2)} (Spearman ${formatDecimals(spearman, 2)})`;
}

function factsOf(analysis: DepthAnalysis): string[][] {
  const { data, rule, complexity, depth, work } = analysis;
  const { stepsPerBit, complexityOffset = 0, minSteps, maxSteps } = rule;
  const from = complexityOffset === 0 ? "H" : `(H - ${formatSmall(complexityOffset)})`;
  return [
    [
      "data",
      `${data.dataset}, ${data.part}, ${formatCount(data.images)} images of ` +
      `${data.height} x ${data.width}, ${formatCount(data.classes)} classes`,
    ],
    ["measure", `${rule.measure}, in ${rule.unit}`],
    [
      "rule",
      rule.adaptsDepth
        ? `N = round(${formatSmall(stepsPerBit)} ${from}), held in ${minSteps}..${maxSteps}`
        : "the same depth for every image",
    ],
    // C means nothing to a network with a fixed list of stored kernels.
    [
      "model",
      work.generation > 0 || work.model === "fixed-cnn"
        ? `${work.model}, C = ${work.maxChannels}`
        : work.model,
    ],
    ["complexity", `${complexity.mean.toFixed(2)} +- ${complexity.deviation.toFixed(2)}`],
    ["depth", `${depth.mean.toFixed(2)} +- ${depth.deviation.toFixed(2)} layers`],
  ];
}

function formatDepths(analysis: DepthAnalysis, render: TableRenderer): string {
  const { shares } = analysis.depth;
  const largest = Math.max(...shares.map(({ share }) => share));
  const columns = [
    ...["depth", "images", "share", "per image", "generation"].map(right),
    { header: "" },
  ];
  const rows = shares.map(({ depth, images, share }) => {
    const work = analysis.work.depths.find((one) => one.depth === depth)!;
    return [
      String(depth),
      formatCount(images),
      formatShare(share),
      formatMultiplyAdds(work.multiplyAdds),
      work.generation === 0 ? "-" : formatMultiplyAdds(work.generation),
      "#".repeat(Math.round((share / largest) * BAR_WIDTH)),
    ];
  });
  return render(columns, rows);
}

/** Levels say more than depths only where there are several per depth, or one depth for all. */
function formatLevels(analysis: DepthAnalysis, render: TableRenderer): string[] {
  const { levels, depth } = analysis;
  if (levels.length === depth.shares.length) return [];
  const rows = levels.map(({ level, complexity, depth, scale, images, share }) => [
    ...[String(level), complexity.toFixed(2), String(depth), scale.toFixed(2)],
    ...[formatCount(images), formatShare(share)],
  ]);
  const columns = ["level", "complexity", "depth", "scale", "images", "share"].map(right);
  return ["Levels", render(columns, rows)];
}

function showComparison(comparison: FixedDepthComparison): string {
  const { against, depth, multiplyAdds, saving } = comparison;
  const which = against === "max" ? "the largest depth" : "the mean depth, rounded";
  const word = saving >= 0 ? "saved" : "more";
  return `against depth ${depth} (${which}), ${formatMultiplyAdds(multiplyAdds)}: ` +
    `${formatShare(Math.abs(saving))} ${word}`;
}

function formatWork({ work }: DepthAnalysis): string {
  const lines = [
    `Multiply-adds: ${work.decides ? "at most " : ""}${
      formatMultiplyAdds(work.meanMultiplyAdds)
    } per image${work.decides ? ", as the network decides what it computes" : ""}` +
    `${work.comparisons.length === 0 ? "" : " on average"}` +
    `${work.generation === 0 ? "" : ", kernels generated beforehand"}`,
    ...work.comparisons.map(showComparison),
    ...work.generation === 0
      ? []
      : [`generation of the kernels of all levels, once: ${formatMultiplyAdds(work.generation)}`],
  ];
  return lines.join("\n");
}

function distributionRow(name: string, distribution: Distribution): string[] {
  const at = (share: number) =>
    distribution.quantiles.find((quantile) => quantile.share === share)!.value;
  const { mean, deviation, min, max } = distribution;
  const values = [mean, deviation, min, at(0.05), at(0.25), at(0.5), at(0.75), at(0.95), max];
  return [name, ...values.map((value) => value.toFixed(2))];
}

function formatSpread(analysis: DepthAnalysis, render: TableRenderer): string {
  const columns = [
    { header: "" },
    ...["mean", "deviation", "min", "5 %", "25 %", "50 %", "75 %", "95 %", "max"].map(right),
  ];
  const { parts, complexity, rule } = analysis;
  return render(columns, [
    distributionRow(rule.measure, complexity),
    ...rule.measure === "spatial-entropy" ? [] : [distributionRow("spatial part", parts.spatial)],
    ...rule.measure === "spectral-entropy"
      ? []
      : [distributionRow("spectral part", parts.spectral)],
  ]);
}

function formatClasses(analysis: DepthAnalysis, render: TableRenderer): string {
  const columns = [
    { header: "class" },
    ...["images", "mean H", "deviation", "mean N"].map(right),
  ];
  const rows = analysis.classes.map((row) => [
    row.className,
    formatCount(row.images),
    formatDecimals(row.meanComplexity, 2),
    formatDecimals(row.deviation, 2),
    formatDecimals(row.meanDepth, 2),
  ]);
  return render(columns, rows);
}

function formatMeasures(analysis: DepthAnalysis, render: TableRenderer): string {
  const columns = [
    { header: "measure" },
    ...["mean", "deviation", "5 %", "50 %", "95 %"].map(right),
    ...["Pearson", "Spearman", "images/s"].map(right),
    { header: "unit" },
  ];
  const rows = analysis.measures.map((row) => {
    const { mean, deviation, quantiles } = row.distribution;
    const at = (share: number) => quantiles.find((one) => one.share === share)!.value.toFixed(2);
    return [
      row.name,
      ...[mean.toFixed(2), deviation.toFixed(2), at(0.05), at(0.5), at(0.95)],
      formatDecimals(row.correlation.pearson, 2),
      formatDecimals(row.correlation.spearman, 2),
      formatCount(Math.round(row.imagesPerSecond)),
      row.unit,
    ];
  });
  return render(columns, rows);
}

function formatMeasureDepths(analysis: DepthAnalysis, render: TableRenderer): string {
  const depths = analysis.measures[0]!.depths.map(({ depth }) => `N=${depth}`);
  const columns = [{ header: "measure" }, ...["kappa", "mean N", ...depths].map(right)];
  const rows = analysis.measures.map((row) => [
    row.name,
    String(row.stepsPerBit),
    row.meanDepth.toFixed(2),
    ...row.depths.map(({ images }: DepthShare) => formatCount(images)),
  ]);
  return render(columns, rows);
}

function showPlace(place: number): string {
  if (place === 0) return "least complex";
  return place === 1 ? "most complex" : `${place * 100} % quantile`;
}

function formatExamples(analysis: DepthAnalysis, render: TableRenderer): string[] {
  if (analysis.examples.length === 0) return [];
  const columns = [
    { header: "place" },
    right("image"),
    { header: "class" },
    ...["H", "spatial", "spectral", "N"].map(right),
  ];
  const rows = analysis.examples.map((example) => [
    showPlace(example.place),
    String(example.index),
    example.className,
    example.complexity.toFixed(2),
    example.spatialEntropy.toFixed(2),
    example.spectralEntropy.toFixed(2),
    String(example.depth),
  ]);
  return ["Images along the complexity axis", render(columns, rows)];
}

/**
 * Writes the analysis for people.
 *
 * @param analysis The document.
 * @param options `markdown`: headings and tables as Markdown (default `false`).
 * @returns Lines without a trailing line end.
 */
export function formatDepthAnalysis(
  analysis: DepthAnalysis,
  options: { readonly markdown?: boolean } = {},
): string {
  const { markdown = false } = options;
  const render = markdown ? renderMarkdownTable : renderTable;
  const heading = (text: string) => markdown ? `## ${markdownText(text)}` : text;
  const facts = factsOf(analysis);
  const head = markdown
    ? facts.map(([name, value]) => `- ${name}: ${markdownText(value!)}`).join("\n")
    : renderTable([{ header: "" }, { header: "" }], facts);
  const titled = (parts: readonly string[]) =>
    parts.map((part, index) => index % 2 === 0 ? heading(part) : part);
  return [
    head,
    heading("Depth"),
    formatDepths(analysis, render),
    formatWork(analysis).replaceAll("\n", markdown ? "  \n" : "\n"),
    ...titled(formatLevels(analysis, render)),
    heading(`Complexity, ${analysis.rule.unit}`),
    formatSpread(analysis, render),
    `Correlation of the two parts: ${showCorrelation(analysis.parts.correlation)}`,
    heading("Classes"),
    formatClasses(analysis, render),
    heading("Measures, correlated with entropy"),
    formatMeasures(analysis, render),
    heading("Images by depth, each measure with its own kappa"),
    formatMeasureDepths(analysis, render),
    ...titled(formatExamples(analysis, render)),
    ...titled(analysis.trained === null ? [] : formatTrainedParts(analysis.trained, render)),
  ].join("\n\n");
}
