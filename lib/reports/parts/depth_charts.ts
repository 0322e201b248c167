import type { Chart, ChartPoint, ChartSeries } from "../chart.ts";
import type { DepthAnalysis, TrainedDecile, TrainedLevel } from "../../analyses/depth_analysis.ts";
import type { Distribution } from "../../analyses/distribution.ts";
import { countOf } from "../../count_of.ts";

/** Charts of a depth analysis by the names that the command line takes. */
export const depthChartNames = [
  "depth",
  "complexity",
  "measures",
  "classes",
  "accuracy",
  "tenths",
] as const;

/** A chart of a depth analysis. */
export type DepthChartName = typeof depthChartNames[number];

function percent(share: number): number {
  return share * 100;
}

function dataLabel({ data }: DepthAnalysis): string {
  return `${countOf(data.images, "image")} of ${data.dataset}, ${data.part}`;
}

function depthChart(analysis: DepthAnalysis): Chart {
  const { depth: { shares, mean }, work } = analysis;
  const layers = work.generation > 0 || work.exact ? "generated layers" : "layers";
  return {
    title: "Depth of the images",
    description: `Share of the images by number of ${layers}, mean ${mean.toFixed(2)}: ` +
      `${dataLabel(analysis)}.`,
    xLabel: "depth N, layers",
    yLabel: "images, %",
    xScale: "category",
    series: [{
      name: "images",
      mark: "bar",
      points: shares.map(({ depth, share }) => ({ x: String(depth), y: percent(share) })),
    }],
  };
}

/**
 * A histogram as a line through the middles of its bins: density, so that bins of any width compare. Equal values have
 * none.
 */
function densityOf({ histogram }: Distribution, images: number): ChartPoint[] {
  const [first, last] = [histogram[0]!, histogram.at(-1)!];
  const width = first.to - first.from;
  if (width === 0) return [];
  return [
    { x: first.from - width / 2, y: 0 },
    ...histogram.map(({ from, to, count }) => ({
      x: Number(((from + to) / 2).toPrecision(12)),
      y: percent(count / images / width),
    })),
    { x: last.to + width / 2, y: 0 },
  ];
}

function complexityChart(analysis: DepthAnalysis): Chart {
  const { rule, complexity, parts, data } = analysis;
  const line = (
    name: string,
    mark: "line" | "dashed-line",
    distribution: Distribution,
  ): ChartSeries => ({ name, mark, points: densityOf(distribution, data.images) });
  const inBits = rule.unit === "bits";
  return {
    title: "Complexity of the images",
    description: `Density of the complexity by the measure ${rule.measure}` +
      `${inBits ? ", and of its two entropies" : ""}: ${dataLabel(analysis)}.` +
      (complexity.min < complexity.max ? "" : ` All have ${complexity.min.toFixed(2)}.`),
    xLabel: `complexity, ${rule.unit}`,
    yLabel: `images, % per ${inBits ? "bit" : "unit"}`,
    series: [
      line(rule.measure, "line", complexity),
      ...inBits && rule.measure !== "spatial-entropy"
        ? [line("spatial entropy", "dashed-line", parts.spatial)]
        : [],
      ...inBits && rule.measure !== "spectral-entropy"
        ? [line("spectral entropy", "dashed-line", parts.spectral)]
        : [],
    ],
  };
}

function measuresChart(analysis: DepthAnalysis): Chart {
  return {
    title: "Depth by complexity measure",
    description: "Share of the images by depth when another measure decides, each with its own " +
      `kappa: ${dataLabel(analysis)}.`,
    xLabel: "depth N, layers",
    yLabel: "images, %",
    series: analysis.measures.map(({ name, depths }) => ({
      name,
      mark: "line",
      points: depths.map(({ depth, share }) => ({ x: depth, y: percent(share) })),
    })),
  };
}

function classesChart(analysis: DepthAnalysis): Chart {
  return {
    title: "Complexity by class",
    description: `Mean complexity of every class: ${dataLabel(analysis)}.`,
    xLabel: "class",
    yLabel: `mean complexity, ${analysis.rule.unit}`,
    xScale: "category",
    series: [{
      name: "mean complexity",
      mark: "point",
      points: analysis.classes.map(({ className, meanComplexity }) => ({
        x: className,
        y: meanComplexity,
      })),
    }],
  };
}

/** Fewest images whose accuracy is drawn: one more right answer of three would move it by 33 points. */
const DRAWN_IMAGES = 20;

function accuracyChart(analysis: DepthAnalysis): Chart | null {
  const { trained } = analysis;
  if (trained === null) return null;
  // With one level per depth, which is the rule, the depth says more.
  const isDepth = new Set(trained.levels.map(({ depth }) => depth)).size === trained.levels.length;
  const placeOf = ({ level, depth }: TrainedLevel) => isDepth ? depth : level;
  const word = isDepth ? "depth" : "level";
  const points = (levels: readonly TrainedLevel[]) =>
    levels.map(({ top1, images, ...level }) => ({
      x: placeOf({ top1, images, ...level }),
      y: top1 === null || images < DRAWN_IMAGES ? null : percent(top1),
    }));
  const overall = percent(trained.overall.top1!);
  const own = points(trained.levels);
  const fixed = trained.fixedLevels === null ? null : points(trained.fixedLevels.levels);
  // A line to compare with says nothing alone.
  const hasShares = [...own, ...fixed ?? []].some(({ y }) => y !== null);
  return {
    title: `Accuracy by ${word}`,
    description: `Top-1 accuracy of the images of every ${word} in their own network` +
      `${trained.fixedLevels === null ? "" : `, and of all images through every one ${word}`}: ` +
      `${dataLabel(analysis)}. A ${word} of fewer than ${DRAWN_IMAGES} images is left out.`,
    xLabel: isDepth ? "depth N, layers" : "level",
    yLabel: "top-1, %",
    series: [
      { name: `images of the ${word}`, mark: "line", points: own },
      ...fixed === null
        ? []
        : [{ name: `all images, this ${word}`, mark: "dashed-line" as const, points: fixed }],
      {
        name: `all images, own ${word}s`,
        mark: "dashed-line",
        points: trained.levels.map((level) => ({
          x: placeOf(level),
          y: hasShares ? overall : null,
        })),
      },
    ],
  };
}

/** Accuracy and confidence along the complexity axis; a gap between them is wrong confidence. */
function tenthsChart(analysis: DepthAnalysis): Chart | null {
  const { trained } = analysis;
  if (trained === null) return null;
  const series = (
    name: string,
    mark: "line" | "dashed-line",
    value: (decile: TrainedDecile) => number | null,
  ): ChartSeries => ({
    name,
    mark,
    points: trained.deciles.map((decile) => {
      const share = value(decile);
      return { x: decile.decile, y: share === null ? null : percent(share) };
    }),
  });
  return {
    title: "Accuracy by complexity",
    description: "Top-1 accuracy and confidence by tenth of the images in order of complexity: " +
      `${dataLabel(analysis)}.`,
    xLabel: "tenth of the images, least complex first",
    yLabel: "%",
    series: [
      series("top-1", "line", ({ top1 }) => top1),
      series("confidence", "dashed-line", ({ confidence }) => confidence),
    ],
  };
}

/**
 * A depth analysis as a chart.
 *
 * @param analysis The document.
 * @param name Which chart.
 * @returns The chart; `null` for `accuracy` and `tenths` without a trained model.
 */
export function depthAnalysisChart(analysis: DepthAnalysis, name: DepthChartName): Chart | null {
  const draw: Readonly<Record<DepthChartName, (analysis: DepthAnalysis) => Chart | null>> = {
    depth: depthChart,
    complexity: complexityChart,
    measures: measuresChart,
    classes: classesChart,
    accuracy: accuracyChart,
    tenths: tenthsChart,
  };
  return draw[name](analysis);
}
