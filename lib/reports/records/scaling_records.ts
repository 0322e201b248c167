import type {
  ChannelScaling,
  DepthScaling,
  ParameterScaling,
} from "../../analyses/parameter_scaling.ts";
import type { CsvRecord } from "./csv_record.ts";

function channelRecord(row: ChannelScaling, depth: number): CsvRecord {
  return {
    table: "table7",
    name: "puppet-cnn",
    channels: row.channels,
    kernel_size: row.kernelSize,
    depth,
    fixed_parameters: null,
    puppeteer_parameters: row.dynamicsParameters,
    learned_state_parameters: row.initialStateParameters,
    stored_seeded: row.stored.seeded,
    stored_learned: row.stored.learned,
    stored_constant: row.stored.constant,
    total_millions: row.totalMillions.ours,
    paper_total_millions: row.totalMillions.paper,
    difference_total_millions: row.totalMillions.difference,
    megabytes: row.megabytes.ours,
    paper_megabytes: row.megabytes.paper,
    difference_megabytes: row.megabytes.difference,
    fixed_multiply_adds_per_image: null,
    multiply_adds_per_image: row.multiplyAddsPerImage,
    multiply_adds_per_generation: row.multiplyAddsPerGeneration,
  };
}

function memberRecord(row: DepthScaling, channels: number): CsvRecord {
  const { seeded, learned, constant } = row.puppetParameters;
  return {
    table: "figure4",
    name: row.name,
    channels,
    kernel_size: row.kernelSize,
    depth: row.depth,
    fixed_parameters: row.fixedParameters,
    puppeteer_parameters: row.puppeteerParameters,
    learned_state_parameters: learned - seeded,
    stored_seeded: seeded,
    stored_learned: learned,
    stored_constant: constant,
    total_millions: null,
    paper_total_millions: null,
    difference_total_millions: null,
    megabytes: null,
    paper_megabytes: null,
    difference_megabytes: null,
    fixed_multiply_adds_per_image: row.fixedMultiplyAdds,
    multiply_adds_per_image: row.puppetMultiplyAdds,
    multiply_adds_per_generation: row.multiplyAddsPerGeneration,
  };
}

/**
 * Parameter scaling for other programs: one record per C or network.
 *
 * @param scaling The document.
 * @returns Raw numbers; what a table does not have is `null`.
 */
export function scalingRecords({ table7, figure4 }: ParameterScaling): CsvRecord[] {
  return [
    ...(table7?.rows ?? []).map((row) => channelRecord(row, table7!.depth)),
    ...(figure4?.families ?? []).flatMap(({ members }) =>
      members.map((row) => memberRecord(row, figure4!.channels))
    ),
  ];
}
