import type { Chart, ChartSeries } from "../chart.ts";
import type {
  ChannelScaling,
  DepthScaling,
  ParameterScaling,
} from "../../analyses/parameter_scaling.ts";

/** `, 5 x 5` where more than one kernel size is shown. */
function kernelSuffix(kernelSize: number, all: readonly { readonly kernelSize: number }[]): string {
  const several = all.some((other) => other.kernelSize !== kernelSize);
  return several ? `, ${kernelSize} x ${kernelSize}` : "";
}

/** Groups rows by kernel size, in the order in which they come. */
function byKernelSize<Row extends { readonly kernelSize: number }>(
  rows: readonly Row[],
): Row[][] {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.kernelSize);
    if (group === undefined) groups.set(row.kernelSize, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

function channelSeries(rows: readonly ChannelScaling[], suffix: string): ChartSeries[] {
  const series = (
    name: string,
    mark: ChartSeries["mark"],
    value: (row: ChannelScaling) => number | null,
  ): ChartSeries => ({
    name: `${name}${suffix}`,
    mark: mark!,
    points: rows.map((row) => ({ x: row.channels, y: value(row) })),
  });
  const printed = rows.some(({ totalMillions }) => totalMillions.paper !== null);
  return [
    series("with learned E", "line", ({ totalMillions }) => totalMillions.ours),
    series("dynamics alone", "dashed-line", (row) => row.dynamicsParameters / 1e6),
    ...printed
      ? [series("paper, Total Params", "point", ({ totalMillions }) => totalMillions.paper)]
      : [],
    ...printed
      ? [series("paper, MB / 4", "point", ({ megabytes: { paper } }) => paper && paper / 4)]
      : [],
  ];
}

/**
 * Table 7 as a chart: parameters of the puppeteer against C, both axes logarithmic.
 *
 * @param analysis What was counted.
 * @returns The chart; `null` without the table.
 */
export function table7Chart(analysis: ParameterScaling): Chart | null {
  const { table7 } = analysis;
  if (table7 === null) return null;
  const { rows } = table7;
  return {
    title: "Parameters of the puppeteer (Table 7)",
    description: "The parameters of the puppeteer grow with the square of the largest channel " +
      "count; a learned initial state multiplies them by about ten. Points are the paper's prints.",
    xLabel: "C, largest number of channels",
    yLabel: "parameters, millions",
    xScale: "log",
    yScale: "log",
    series: byKernelSize(rows).flatMap((group) =>
      channelSeries(group, kernelSuffix(group[0]!.kernelSize, rows))
    ),
  };
}

function memberSeries(
  title: string,
  members: readonly DepthScaling[],
  suffix: string,
): ChartSeries[] {
  const series = (
    name: string,
    mark: ChartSeries["mark"],
    value: (member: DepthScaling) => number,
  ): ChartSeries => ({
    name: `${name}${suffix}`,
    mark: mark!,
    points: members.map((member) => ({ x: member.depth, y: value(member) / 1e6 })),
  });
  return [
    series(`${title}, stored kernels`, "line", (member) => member.fixedParameters),
    series(
      `Puppet-${title}, learned E`,
      "dashed-line",
      (member) => member.puppetParameters.learned,
    ),
    series(`Puppet-${title}`, "dashed-line", (member) => member.puppetParameters.seeded),
  ];
}

/**
 * Figure 4: stored parameters against depth. The kernels of a fixed network are stored and grow with its depth; those of
 * its puppet are generated.
 *
 * @param analysis What was counted.
 * @returns The chart; `null` without the figure.
 */
export function figure4Chart(analysis: ParameterScaling): Chart | null {
  const { figure4 } = analysis;
  if (figure4 === null) return null;
  return {
    title: "Stored parameters against depth (Figure 4)",
    description: "With stored kernels the parameters grow with depth. With generated kernels " +
      "they stay constant but for the norms of the added layers.",
    xLabel: "depth, weighted layers",
    yLabel: "stored parameters, millions",
    series: figure4.families.flatMap(({ title, members }) =>
      byKernelSize(members).flatMap((group) =>
        memberSeries(title, group, kernelSuffix(group[0]!.kernelSize, members))
      )
    ),
  };
}
