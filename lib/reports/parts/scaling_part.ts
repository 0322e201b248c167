import { figure4Chart, table7Chart } from "./parameter_scaling_charts.ts";
import type {
  ChannelScaling,
  FamilyScaling,
  ParameterScaling,
} from "../../analyses/parameter_scaling.ts";
import { countCell, decimalCell, megabyteCell, textCell, workCell } from "../cells.ts";
import type { ReportBlock, ReportColumn, ReportPart, ReportSection } from "../report_document.ts";

function right(header: string): ReportColumn {
  return { header, align: "right" };
}

function table7Section(scaling: ParameterScaling): ReportSection | null {
  const { table7 } = scaling;
  const chart = table7Chart(scaling);
  if (table7 === null || chart === null) return null;
  const headers = [
    ...["C", "kernel", "parameters, M", "paper", "difference", "size", "paper, MB", "difference"],
    ...["stored, seeded E", "stored, learned E", "per image", "per generation"],
  ];
  return {
    title: "Table 7",
    blocks: [
      { kind: "chart", chart, wide: true },
      {
        kind: "table",
        caption: "Parameters of the puppeteer",
        columns: headers.map(right),
        rows: table7.rows.map((row) => [
          countCell(row.channels),
          textCell(`${row.kernelSize} x ${row.kernelSize}`),
          decimalCell(row.totalMillions.ours, 2),
          decimalCell(row.totalMillions.paper, 2),
          decimalCell(row.totalMillions.difference, 2),
          megabyteCell(row.megabytes.ours),
          decimalCell(row.megabytes.paper, 2),
          decimalCell(row.megabytes.difference, 2),
          countCell(row.stored.seeded),
          countCell(row.stored.learned),
          workCell(row.multiplyAddsPerImage),
          workCell(row.multiplyAddsPerGeneration),
        ]),
        note:
          `${table7.source}. ${
            metPrints(table7.rows)
          } Parameters in millions with a learned E; size of the dynamics alone as float32. ` +
          `Multiply-adds at depth ${table7.depth}.`,
      },
    ],
  };
}

/** How many of the paper's figures ours round to. */
function metPrints(rows: readonly ChannelScaling[]): string {
  const prints = rows.flatMap(({ totalMillions, megabytes }) => [totalMillions, megabytes])
    .filter(({ paper }) => paper !== null);
  const met = prints.filter(({ difference }) => difference === 0).length;
  return prints.length === 0
    ? "None of these rows is printed."
    : `${met} of ${prints.length} prints are met to the last digit.`;
}

/** What there is: the table, the figure, or both. */
function titleOf({ table7, figure4 }: ParameterScaling): string {
  if (figure4 === null) return "Table 7: parameters of the puppeteer";
  return table7 === null ? "Figure 4: stored parameters by depth" : "Parameter scaling";
}

function familyTable({ title, members }: FamilyScaling): ReportBlock {
  const headers = [
    ...["layers", "kernel", "stored kernels", "generated kernels", "with learned E", "ratio"],
    ...["per image, stored", "per image, generated", "per generation"],
  ];
  return {
    kind: "table",
    caption: title,
    columns: [{ header: "network" }, ...headers.map(right)],
    rows: members.map((member) => [
      textCell(member.name),
      countCell(member.depth),
      textCell(`${member.kernelSize} x ${member.kernelSize}`),
      countCell(member.fixedParameters),
      countCell(member.puppetParameters.seeded),
      countCell(member.puppetParameters.learned),
      decimalCell(member.ratio, 1),
      workCell(member.fixedMultiplyAdds),
      workCell(member.puppetMultiplyAdds),
      workCell(member.multiplyAddsPerGeneration),
    ]),
    note: "Parameters stored in all, and multiply-adds. Ratio: stored kernels to generated ones.",
  };
}

function figure4Section(scaling: ParameterScaling): ReportSection | null {
  const { figure4 } = scaling;
  const chart = figure4Chart(scaling);
  if (figure4 === null || chart === null) return null;
  return {
    title: "Figure 4",
    blocks: [
      { kind: "chart", chart, wide: true },
      { kind: "text", paragraphs: [`${figure4.source}. C = ${figure4.channels}.`] },
      ...figure4.families.map(familyTable),
    ],
  };
}

/**
 * What a report says of parameter scaling.
 *
 * @param scaling The document of `param-scaling --json`.
 * @returns Table 7 and Figure 4, as far as they are in it.
 */
export function scalingPart(scaling: ParameterScaling): ReportPart {
  const { classes, image } = scaling;
  const sections = [table7Section(scaling), figure4Section(scaling)];
  return {
    title: titleOf(scaling),
    subtitle:
      `${classes} classes, images of ${image.height} x ${image.width} pixels; counted, not measured`,
    sections: sections.filter((section) => section !== null),
  };
}
