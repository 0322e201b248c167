/** One column of Table 7, as printed. */
export interface PaperTable7Column {
  /** C, the largest number of output channels. */
  readonly channels: number;
  /** Row "Total Params (M)". */
  readonly totalMillions: number;
  /** Row "Param Size (MB)". */
  readonly megabytes: number;
}

/** Where the prints come from. */
export const PAPER_TABLE7_SOURCE = "Puppet-CNN (ECCV 2026), Table 7, 3 x 3 kernels";

/** Digits behind the point of all its prints. */
export const PAPER_TABLE7_DECIMALS = 2;

/** The prints of Table 7. They are shown beside our counts and never used to make them. */
export const paperTable7: readonly PaperTable7Column[] = [
  { channels: 64, totalMillions: 0.04, megabytes: 0.02 },
  { channels: 128, totalMillions: 0.17, megabytes: 0.07 },
  { channels: 256, totalMillions: 0.66, megabytes: 0.28 },
  { channels: 512, totalMillions: 2.63, megabytes: 1.08 },
  { channels: 1024, totalMillions: 10.5, megabytes: 4.26 },
  { channels: 2048, totalMillions: 41.97, megabytes: 16.9 },
  { channels: 4096, totalMillions: 167.83, megabytes: 67.35 },
];

/** k of the table's kernels: 10 C^2 + 15 C leaves room for no other. */
export const PAPER_TABLE7_KERNEL_SIZE = 3;
