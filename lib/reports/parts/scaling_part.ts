import { figure4Chart, table7Chart } from "./parameter_scaling_charts.ts";
import type {
  ChannelScaling,
  DepthScaling,
  FamilyScaling,
  ParameterScaling,
} from "../../analyses/parameter_scaling.ts";
import {
  countCell,
  decimalCell,
  differenceCell,
  megabyteCell,
  textCell,
  workCell,
} from "../cells.ts";
import { chartBlocks } from "../chart_blocks.ts";
import { numbers, tableOf, words } from "../table.ts";
import type { Cell, ReportBlock, ReportPart, ReportSection } from "../report_document.ts";
import { countOf } from "../../count_of.ts";

function kernelCell({ kernelSize }: { readonly kernelSize: number }): Cell {
  return textCell(`${kernelSize} x ${kernelSize}`);
}

function table7Section(scaling: ParameterScaling): ReportSection | null {
  const { table7, image } = scaling;
  const chart = table7Chart(scaling);
  if (table7 === null || chart === null) return null;
  const { rows, source, depth } = table7;
  const channels = numbers<ChannelScaling>("C", (row) => countCell(row.channels));
  const kernel = words<ChannelScaling>("kernel", kernelCell);
  return {
    title: "Table 7",
    blocks: [
      ...chartBlocks([chart], { wide: true }),
      tableOf<ChannelScaling>(
        "Parameters of the puppeteer by C, the largest number of channels",
        rows,
        [
          channels,
          kernel,
          numbers("dynamics", (row) => countCell(row.dynamicsParameters)),
          numbers("learned E", (row) => countCell(row.initialStateParameters)),
          numbers("total, M", ({ totalMillions }) => decimalCell(totalMillions.ours, 2)),
          numbers("paper", ({ totalMillions }) => decimalCell(totalMillions.paper, 2)),
          numbers("difference", ({ totalMillions }) => differenceCell(totalMillions.difference)),
          numbers("size", ({ megabytes }) => megabyteCell(megabytes.ours)),
          numbers("paper, MB", ({ megabytes }) => decimalCell(megabytes.paper, 2)),
          numbers("difference", ({ megabytes }) => differenceCell(megabytes.difference)),
        ],
        "Total: dynamics and learned E, in millions. Size: dynamics alone as float32. " +
          `${source}. ${metPrints(rows)}`,
      ),
      tableOf<ChannelScaling>(
        "All that puppet-cnn stores, and multiply-adds",
        rows,
        [
          channels,
          kernel,
          numbers("stored, seeded E", ({ stored }) => countCell(stored.seeded)),
          numbers("stored, learned E", ({ stored }) => countCell(stored.learned)),
          numbers("per image", (row) => workCell(row.multiplyAddsPerImage)),
          numbers("one evaluation", (row) => workCell(row.multiplyAddsPerEvaluation)),
          numbers("generation", (row) => workCell(row.multiplyAddsPerGeneration)),
        ],
        "Stored: puppeteer, norms and head. Multiply-adds: weights times positions, depth " +
          `${depth}, images of ${image.height} x ${image.width}; one evaluation of the dynamics; ` +
          "one generation of all kernels, which serves every image of a level.",
      ),
    ],
  };
}

/** How many of the paper's figures ours round to. */
function metPrints(rows: readonly ChannelScaling[]): string {
  const prints = rows.flatMap(({ totalMillions, megabytes }) => [totalMillions, megabytes])
    .filter(({ paper }) => paper !== null);
  const met = prints.filter(({ difference }) => difference === 0).length;
  return prints.length === 0
    ? "The paper prints none of these."
    : `${met} of ${prints.length} of the paper's figures are matched to the last digit.`;
}

/** What there is: the table, the figure, or both. */
function titleOf({ table7, figure4 }: ParameterScaling): string {
  if (figure4 === null) return "Table 7: parameters of the puppeteer";
  return table7 === null ? "Figure 4: stored parameters by depth" : "Parameter scaling";
}

function familyTables({ title, members }: FamilyScaling): ReportBlock[] {
  const network = words<DepthScaling>("network", ({ name }) => textCell(name));
  const kernel = words<DepthScaling>("kernel", kernelCell);
  return [
    tableOf<DepthScaling>(
      `${title}: parameters stored`,
      members,
      [
        network,
        numbers("layers", ({ depth }) => countCell(depth)),
        kernel,
        numbers("stored kernels", (row) => countCell(row.fixedParameters)),
        numbers("puppeteer", (row) => countCell(row.puppeteerParameters)),
        numbers("puppet, seeded E", ({ puppetParameters }) => countCell(puppetParameters.seeded)),
        numbers("constant E", ({ puppetParameters }) => countCell(puppetParameters.constant)),
        numbers("learned E", ({ puppetParameters }) => countCell(puppetParameters.learned)),
        numbers("ratio", ({ ratio }) => decimalCell(ratio, 1)),
      ],
      "Stored kernels: all parameters of the fixed network. Puppet: all that is stored where the kernels are " +
        "generated; it grows by the norms of the added layers, the puppeteer not at all. Ratio: stored kernels to " +
        "puppet with seeded E.",
    ),
    tableOf<DepthScaling>(
      `${title}: multiply-adds`,
      members,
      [
        network,
        kernel,
        numbers("convolutions", ({ convolutions }) => countCell(convolutions)),
        numbers("generated", ({ generatedKernels }) => countCell(generatedKernels)),
        numbers("per image, fixed", (row) => workCell(row.fixedMultiplyAdds)),
        numbers("per image, puppet", (row) => workCell(row.puppetMultiplyAdds)),
        numbers("generation", (row) => workCell(row.multiplyAddsPerGeneration)),
      ],
      "Per image: weights times positions, kernels generated beforehand. Generation: once for all images.",
    ),
  ];
}

function figure4Section(scaling: ParameterScaling): ReportSection | null {
  const { figure4 } = scaling;
  const chart = figure4Chart(scaling);
  if (figure4 === null || chart === null) return null;
  return {
    title: "Figure 4",
    blocks: [
      ...chartBlocks([chart], { wide: true }),
      { kind: "text", paragraphs: [`${figure4.source}. C = ${figure4.channels}.`] },
      ...figure4.families.flatMap(familyTables),
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
  const known = countOf(classes, "class", "classes");
  const sections = [table7Section(scaling), figure4Section(scaling)];
  return {
    title: titleOf(scaling),
    subtitle: `${known}, images of ${image.height} x ${image.width} pixels; counted, not measured`,
    sections: sections.filter((section) => section !== null),
  };
}
