import type { Chart, ChartSeries } from "../chart.ts";
import { chartBlocks } from "../chart_blocks.ts";
import type { ReportBlock, ReportSection } from "../report_document.ts";
import type { FirstKernels, TrajectoryFigures, WeightsReport } from "../run_report.ts";
import { countOf } from "../../count_of.ts";

function seriesOf(
  trajectories: readonly TrajectoryFigures[],
  read: (trajectory: TrajectoryFigures) => readonly number[],
  place: (index: number, depth: number) => number,
): ChartSeries[] {
  const depths = new Set(trajectories.map(({ depth }) => depth));
  return trajectories.map((trajectory) => ({
    name: depths.size === trajectories.length
      ? countOf(trajectory.depth, "layer")
      : `complexity ${trajectory.complexity.toFixed(1)}`,
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

function kernelBlocks(kernels: FirstKernels): ReportBlock[] {
  const { layer, generated, kernelSize, largest, pictures, differences } = kernels;
  const images = (shown: FirstKernels["pictures"], what: string) =>
    shown.map(({ level, depth, source }) => ({
      source,
      caption: generated ? countOf(depth, "layer") : layer,
      alternative: `${what} of ${countOf(kernels.kernels, "kernel")} of layer ${layer}` +
        (generated ? `, level ${level}, depth ${depth}` : ""),
    }));
  const scale = (largest: number) =>
    `Mid-grey is 0, the brightest colour ${
      largest.toPrecision(3)
    } or more, the darkest its negative or less.`;
  const look = { kind: "images", pixelated: true, large: true } as const;
  const first = pictures[0]?.depth;
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
      caption: `What they have more or less than those of ${countOf(first!, "layer")}`,
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
  if (firstKernels !== null) blocks.push(...kernelBlocks(firstKernels));
  if (blocks.length === 0) return null;
  return { title: trajectories.length > 0 ? "The puppeteer" : "Weights", blocks };
}
