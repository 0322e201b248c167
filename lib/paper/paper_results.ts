import type { PaperColumn, PaperFigures } from "./comparison.ts";

/** Where the figures of this file come from. */
export const PAPER_SOURCE: string =
  "Puppet-CNN (ECCV 2026), printed figures of Tables 1 to 6: one run each as far as it says, trained and timed with " +
  "PyTorch on an NVIDIA GeForce RTX 4090";

/** A row, or a cell group of a row, of a table of the paper. */
export interface PaperRow {
  /** The paper's name of the row. */
  readonly row: string;
  /** The paper's name of the group of rows; `null` where there is none. */
  readonly group: string | null;
  /** The paper's name of the group of columns; `null` where there is none. */
  readonly variant: string | null;
  /** What it prints. */
  readonly figures: PaperFigures;
}

/** A table of the paper. */
export interface PaperTable {
  /** Its number. */
  readonly table: number;
  /** What it shows. */
  readonly title: string;
  /** What it prints. */
  readonly columns: readonly PaperColumn[];
  /** Its rows in the paper's order; a row with groups of columns stands here once for each. */
  readonly rows: readonly PaperRow[];
}

/** Top-1 and Top-5 in percent, MB, seconds per image, 10^9 multiply-adds; missing ones are not printed. */
type Printed = readonly [
  top1: number | null,
  top5?: number | null,
  megabytes?: number | null,
  secondsPerImage?: number | null,
  gigaMultiplyAdds?: number | null,
];

function row(
  name: string,
  printed: Printed,
  place: { readonly group?: string; readonly variant?: string } = {},
): PaperRow {
  const [top1, top5 = null, megabytes = null, secondsPerImage = null, gigaMultiplyAdds = null] =
    printed;
  const { group = null, variant = null } = place;
  const figures = { top1, top5, megabytes, secondsPerImage, gigaMultiplyAdds };
  return { row: name, group, variant, figures };
}

/** A row whose groups of columns print the same kinds of figures. */
function spread(name: string, cells: Readonly<Record<string, Printed>>): PaperRow[] {
  return Object.entries(cells).map(([variant, printed]) => row(name, printed, { variant }));
}

const PARAMETERS = { group: "Adaptive Params" };
const DEPTH = { group: "Adaptive Depth" };

/**
 * What the paper prints in Tables 1 to 6 (section 4). These figures are only ever shown beside ours: nothing is computed
 * from them and nothing is filled in with them.
 */
export const paperTables: readonly PaperTable[] = [
  {
    table: 1,
    title: "Puppet-CNN and adaptive networks on 10,000 images of CIFAR-10",
    columns: ["top1", "top5", "megabytes", "secondsPerImage"],
    rows: [
      row("DFN", [68.59, 93.13, 75.89, 0.0012], PARAMETERS),
      row("WeightNet", [62.77, 93.52, 45.87, 0.0040], PARAMETERS),
      row("DDFN-SW", [55.55, 93.34, 300.83, 0.0059], PARAMETERS),
      row("BranchyNet", [70.00, 93.94, 27.69, 0.0015], DEPTH),
      row("SkipNet", [55.82, 87.95, 68.88, 0.0115], DEPTH),
      row("DRNN", [41.71, 63.89, 45.78, 0.0025], DEPTH),
      row("Puppet-CNN", [72.51, 96.85, 1.08, 0.0039], { group: "Ours" }),
    ],
  },
  {
    table: 2,
    title: "Fixed networks and their puppets on 10,000 images of CIFAR-10",
    columns: ["top1", "top5", "megabytes"],
    rows: [
      ...spread("AlexNet", {
        "Fixed-CNN": [65.86, 92.05, 11.65],
        "Puppeteer-Puppet": [69.33, 94.05, 1.08],
        "Parameter Adaptation": [70.05, 94.13, 1.08],
      }),
      ...spread("VGG", {
        "Fixed-CNN": [67.84, 91.98, 39.01],
        "Puppeteer-Puppet": [67.78, 93.02, 1.08],
        "Parameter Adaptation": [68.42, 90.13, 1.08],
      }),
      ...spread("ResNet", {
        "Fixed-CNN": [68.94, 95.17, 44.84],
        "Puppeteer-Puppet": [66.69, 95.46, 1.08],
        "Parameter Adaptation": [68.25, 94.31, 1.08],
      }),
    ],
  },
  {
    table: 3,
    title: "Puppet-CNN and light networks on 10,000 images of CIFAR-10",
    columns: ["top1", "top5", "megabytes", "secondsPerImage"],
    rows: [
      row("AlexNet", [65.86, 92.05, 11.65, 0.0006]),
      row("MobileNet-v1", [58.58, 91.17, 7.52, 0.0018]),
      row("MobileNet-v2", [66.73, 93.33, 8.90, 0.0032]),
      row("SqueezeNet", [63.31, 94.34, 3.96, 0.0022]),
      row("Puppet-CNN", [72.51, 96.85, 1.08, 0.0039]),
    ],
  },
  {
    table: 4,
    title: "Fixed networks and their puppets on a part and on all of CIFAR-10",
    columns: ["top1", "top5"],
    rows: [
      ...spread("AlexNet", {
        "Partial Set, Fixed-CNN": [65.86, 92.05],
        "Partial Set, Puppet-Puppeteer": [69.33, 94.05],
        "Full Set, Fixed-CNN": [80.89, 93.91],
        "Full Set, Puppet-Puppeteer": [83.75, 96.90],
      }),
      ...spread("VGG", {
        "Partial Set, Fixed-CNN": [67.84, 91.98],
        "Partial Set, Puppet-Puppeteer": [67.78, 93.02],
        "Full Set, Fixed-CNN": [81.05, 95.37],
        "Full Set, Puppet-Puppeteer": [80.57, 95.13],
      }),
      ...spread("ResNet", {
        "Partial Set, Fixed-CNN": [68.94, 95.17],
        "Partial Set, Puppet-Puppeteer": [66.69, 95.46],
        "Full Set, Fixed-CNN": [82.24, 96.11],
        "Full Set, Puppet-Puppeteer": [80.47, 96.70],
      }),
    ],
  },
  {
    table: 5,
    title: "Depth adaptation: sizes, multiply-adds and speed on 32 x 32 images",
    columns: ["megabytes", "gigaMultiplyAdds", "secondsPerImage"],
    rows: [
      row("ResNet", [null, null, 44.84, 0.0019, 11.40]),
      row("Puppet-ResNet", [null, null, 1.08, 0.0061, 23.44]),
      row("Puppet-CNN", [null, null, 1.08, 0.0039, 12.34]),
    ],
  },
  {
    table: 6,
    title: "CIFAR-100 and mini-ImageNet",
    columns: ["top1", "top5", "megabytes"],
    rows: [
      ...spread("AlexNet", {
        "CIFAR-100": [41.46, 67.67, 11.84],
        "mini-ImageNet": [36.92, 64.35, 11.84],
      }),
      ...spread("VGG", {
        "CIFAR-100": [45.06, 67.66, 39.20],
        "mini-ImageNet": [32.95, 59.94, 39.20],
      }),
      ...spread("ResNet", {
        "CIFAR-100": [44.07, 70.96, 45.02],
        "mini-ImageNet": [38.41, 68.58, 45.02],
      }),
      ...spread("Puppet-CNN", {
        "CIFAR-100": [53.26, 79.63, 1.08],
        "mini-ImageNet": [46.46, 74.38, 1.08],
      }),
    ],
  },
];
