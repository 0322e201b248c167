import type { Chart, ChartSeries } from "../chart.ts";
import { chartBlocks } from "../chart_blocks.ts";
import type { ReportBlock, ReportSection } from "../report_document.ts";
import type { FirstKernels, TrajectoryFigures, WeightsReport } from "../run_report.ts";
import { countOf } from "../../count_of.ts";

/** What levels are called: by their depths, where no two have the same. */
function namesOf(
  levels: readonly Pick<TrajectoryFigures, "depth" | "complexity">[],
): readonly string[] {
  const haveOwnDepths = new Set(levels.map(({ depth }) => depth)).size === levels.length;
  return levels.map(({ depth, complexity }) =>
    haveOwnDepths ? countOf(depth, "layer") : `complexity ${complexity.toFixed(2)}`
  );
}

function seriesOf(
  trajectories: readonly TrajectoryFigures[],
  read: (trajectory: TrajectoryFigures) => readonly number[],
  place: (index: number, depth: number) => number,
): ChartSeries[] {
  const names = namesOf(trajectories);
  return trajectories.map((trajectory, at) => ({
    name: names[at]!,
    points: read(trajectory).map((y, index) => ({ x: place(index, trajectory.depth), y })),
  }));
}

function trajectoryCharts(trajectories: readonly TrajectoryFigures[]): Chart[] {
  return [
    {
      title: "Size of the state along the trajectory",
      description: "Root mean square of K(s). Every marker is a state; the first layer's kernels " +
        "are the state after the first step.",
      xLabel: "s",
      yLabel: "RMS of K",
      series: seriesOf(trajectories, (t) => t.stateNorms, (index, depth) => index / depth),
    },
    {
      title: "Rate of change along the trajectory",
      description:
        "Root mean square of (K(s + h) - K(s)) / h, one value per step, drawn at the middle of it. " +
        "With Euler's method the norm that ends the dynamics keeps it at one value, whatever the state.",
      xLabel: "s",
      yLabel: "RMS of dK/ds",
      series: seriesOf(trajectories, (t) => t.changeNorms, (index, depth) => (index + 0.5) / depth),
    },
  ];
}

function kernelBlocks(
  kernels: FirstKernels,
  trajectories: readonly TrajectoryFigures[],
): ReportBlock[] {
  const { layer, generated, kernelSize, largest, pictures, differences } = kernels;
  const complexities = new Map(trajectories.map(({ level, complexity }) => [level, complexity]));
  const names = namesOf(
    pictures.map(({ level, depth }) => ({ depth, complexity: complexities.get(level) ?? NaN })),
  );
  const nameOf = new Map(pictures.map(({ level }, at) => [level, names[at]!]));
  const images = (shown: FirstKernels["pictures"], what: string) =>
    shown.map(({ level, depth, source }) => ({
      source,
      caption: generated ? nameOf.get(level)! : layer,
      alternative: `${what} of ${countOf(kernels.kernels, "kernel")} of layer ${layer}` +
        (generated ? `, level ${level}, depth ${depth}` : ""),
    }));
  const scale = (largest: number) =>
    `Mid-grey is 0, the brightest colour ${
      largest.toPrecision(3)
    } or more, the darkest its negative or less.`;
  const look = { kind: "images", pixelated: true, large: true } as const;
  return [
    {
      ...look,
      caption: generated
        ? "Kernels of the first generated layer, by level"
        : "Kernels of the first layer",
      images: images(pictures, "Weights"),
      note:
        `${
          countOf(kernels.kernels, "kernel")
        } of ${kernelSize} x ${kernelSize} taps of layer ${layer}. ` +
        scale(largest),
    },
    ...differences === undefined ? [] : [{
      ...look,
      caption: `What they have more or less than those of ${names[0]}`,
      images: images(differences.pictures, "Differences"),
      note: `On a scale of its own. ${scale(differences.largest)}`,
    }],
  ];
}

/**
 * What the weights look like.
 *
 * @param weights Trajectories and kernels.
 * @returns The section; `null` where there is nothing to show.
 */
export function puppeteerSection(weights: WeightsReport | null): ReportSection | null {
  if (weights === null) return null;
  const { trajectories, firstKernels } = weights;
  const blocks = chartBlocks(trajectoryCharts(trajectories));
  if (firstKernels !== null) blocks.push(...kernelBlocks(firstKernels, trajectories));
  if (blocks.length === 0) return null;
  return { title: trajectories.length > 0 ? "The puppeteer" : "Weights", blocks };
}
