import type {
  BesidePaper,
  ChannelScaling,
  DepthScaling,
  ParameterScaling,
} from "../lib/analyses/parameter_scaling.ts";
import { formatMultiplyAdds } from "./multiply_adds_text.ts";
import { formatCount } from "./number_text.ts";
import { renderCsv, renderMarkdownTable } from "./table_formats.ts";
import { renderTable, type TableColumn } from "./text_table.ts";

type TableRenderer = typeof renderTable;

function right(header: string): TableColumn {
  return { header, align: "right" };
}

function show(value: number | null): string {
  return value === null ? "-" : value.toFixed(2);
}

/** `0.00`, `+0.02`, `-0.01`; `-` where there is no print. */
function showDifference({ difference }: BesidePaper): string {
  if (difference === null) return "-";
  return `${difference > 0 ? "+" : ""}${difference.toFixed(2)}`;
}

const TABLE7_COLUMNS = [
  ...["C", "kernel", "dynamics", "learned E", "total M", "paper", "diff", "MB", "paper", "diff"],
].map(right);

function table7Row(row: ChannelScaling): string[] {
  return [
    String(row.channels),
    `${row.kernelSize}x${row.kernelSize}`,
    formatCount(row.dynamicsParameters),
    formatCount(row.initialStateParameters),
    show(row.totalMillions.ours),
    show(row.totalMillions.paper),
    showDifference(row.totalMillions),
    show(row.megabytes.ours),
    show(row.megabytes.paper),
    showDifference(row.megabytes),
  ];
}

const CHANNEL_WORK_COLUMNS = [
  ...["C", "kernel", "stored", "stored with learned E"],
  ...["per image", "one evaluation", "generation"],
].map(right);

function channelWorkRow(row: ChannelScaling): string[] {
  return [
    String(row.channels),
    `${row.kernelSize}x${row.kernelSize}`,
    formatCount(row.stored.seeded),
    formatCount(row.stored.learned),
    formatMultiplyAdds(row.multiplyAddsPerImage),
    formatMultiplyAdds(row.multiplyAddsPerEvaluation),
    formatMultiplyAdds(row.multiplyAddsPerGeneration),
  ];
}

/** How many prints there are, and how many of them we meet. */
function agreement(rows: readonly ChannelScaling[]): string {
  const prints = rows.flatMap(({ totalMillions, megabytes }) => [totalMillions, megabytes])
    .filter(({ paper }) => paper !== null);
  if (prints.length === 0) return "The paper prints none of these.";
  const met = prints.filter(({ difference }) => difference === 0).length;
  return `${met} of ${prints.length} of the paper's figures are matched to the last digit.`;
}

const FIGURE4_COLUMNS = [
  { header: "network" },
  ...["kernel", "stored kernels", "puppeteer"].map(right),
  ...["puppet, seeded E", "constant E", "learned E", "ratio"].map(right),
];

function figure4Row(member: DepthScaling): string[] {
  const { seeded, learned, constant } = member.puppetParameters;
  return [
    member.name,
    `${member.kernelSize}x${member.kernelSize}`,
    formatCount(member.fixedParameters),
    formatCount(member.puppeteerParameters),
    formatCount(seeded),
    formatCount(constant),
    formatCount(learned),
    member.ratio.toFixed(1),
  ];
}

const DEPTH_WORK_COLUMNS = [
  { header: "network" },
  ...["kernel", "convolutions", "generated"].map(right),
  ...["per image, fixed", "per image, puppet", "generation"].map(right),
];

function depthWorkRow(member: DepthScaling): string[] {
  return [
    member.name,
    `${member.kernelSize}x${member.kernelSize}`,
    formatCount(member.convolutions),
    formatCount(member.generatedKernels),
    formatMultiplyAdds(member.fixedMultiplyAdds),
    formatMultiplyAdds(member.puppetMultiplyAdds),
    formatMultiplyAdds(member.multiplyAddsPerGeneration),
  ];
}

function table7Parts(analysis: ParameterScaling, render: TableRenderer): string[] {
  const { table7, image } = analysis;
  if (table7 === null) return [];
  return [
    "Table 7: parameters of the puppeteer by C, the largest number of channels",
    render(TABLE7_COLUMNS, table7.rows.map(table7Row)),
    "Total M: dynamics and learned E, in millions. MB: dynamics alone, 4 bytes each.\n" +
    `Paper: ${table7.source}. ${agreement(table7.rows)}`,
    "All that puppet-cnn stores, and multiply-adds",
    render(CHANNEL_WORK_COLUMNS, table7.rows.map(channelWorkRow)),
    "Stored: puppeteer, norms and head. Multiply-adds: weights times positions, depth " +
    `${table7.depth}, images of ${image.height} x ${image.width};\none evaluation of the dynamics; ` +
    "one generation of all kernels, which serves every image of a level.",
  ];
}

function figure4Parts(analysis: ParameterScaling, render: TableRenderer): string[] {
  const { figure4, classes } = analysis;
  if (figure4 === null) return [];
  const members = figure4.families.flatMap((family) => family.members);
  return [
    `Figure 4: stored parameters by depth, C = ${figure4.channels}, ${classes} classes`,
    render(FIGURE4_COLUMNS, members.map(figure4Row)),
    "Stored kernels: all parameters of the fixed network. Puppet: all that is stored where the " +
    "kernels are\ngenerated; it grows by the norms of the added layers, the puppeteer not at all. " +
    `Ratio: stored kernels\nto puppet with seeded E. Paper: ${figure4.source}.`,
    "Multiply-adds of the same networks",
    render(DEPTH_WORK_COLUMNS, members.map(depthWorkRow)),
    "Per image: weights times positions, kernels generated beforehand. Generation: once for all images.",
  ];
}

/**
 * Writes the analysis for people.
 *
 * @param analysis What was counted.
 * @param options `markdown`: headings and tables as Markdown (default `false`).
 * @returns Lines without a trailing line end.
 */
export function formatParameterScaling(
  analysis: ParameterScaling,
  options: { readonly markdown?: boolean } = {},
): string {
  const { markdown = false } = options;
  const render = markdown ? renderMarkdownTable : renderTable;
  const parts = [...table7Parts(analysis, render), ...figure4Parts(analysis, render)];
  // A heading, a table and what has to be known to read it, in turn.
  return parts.map((part, index) => markdown && index % 3 === 0 ? `## ${part}` : part)
    .join("\n\n");
}

/** Columns of the CSV that both tables share, so that one file can hold both. */
const CSV_HEADERS = [
  ...["table", "name", "channels", "kernel_size", "depth", "fixed_parameters"],
  ...["puppeteer_parameters", "learned_state_parameters"],
  ...["stored_seeded", "stored_learned", "stored_constant"],
  ...["total_millions", "paper_total_millions", "difference_total_millions"],
  ...["megabytes", "paper_megabytes", "difference_megabytes"],
  ...["fixed_multiply_adds_per_image", "multiply_adds_per_image", "multiply_adds_per_generation"],
];

/**
 * Writes the analysis as CSV: one row per C or network, raw numbers.
 *
 * @param analysis What was counted.
 * @returns Lines without a trailing line end; cells that a table does not have are empty.
 */
export function parameterScalingCsv(analysis: ParameterScaling): string {
  const { table7, figure4 } = analysis;
  const columns = (table7?.rows ?? []).map((row) => [
    ...["table7", "puppet-cnn", row.channels, row.kernelSize, table7!.depth, null],
    ...[row.dynamicsParameters, row.initialStateParameters],
    ...[row.stored.seeded, row.stored.learned, row.stored.constant],
    ...[row.totalMillions.ours, row.totalMillions.paper, row.totalMillions.difference],
    ...[row.megabytes.ours, row.megabytes.paper, row.megabytes.difference],
    ...[null, row.multiplyAddsPerImage, row.multiplyAddsPerGeneration],
  ]);
  const members = (figure4?.families ?? []).flatMap((family) => family.members).map((row) => [
    ...["figure4", row.name, figure4!.channels, row.kernelSize, row.depth, row.fixedParameters],
    ...[row.puppeteerParameters, row.puppetParameters.learned - row.puppetParameters.seeded],
    ...[row.puppetParameters.seeded, row.puppetParameters.learned, row.puppetParameters.constant],
    ...[null, null, null, null, null, null],
    ...[row.fixedMultiplyAdds, row.puppetMultiplyAdds, row.multiplyAddsPerGeneration],
  ]);
  return renderCsv(CSV_HEADERS, [...columns, ...members]);
}
