import type { InitialStateKind } from "../puppeteer/initial_state.ts";

/** A count beside the paper's print. */
export interface BesidePaper {
  /** Ours, not rounded. */
  readonly ours: number;
  /** The paper's print; `null` where it prints none. */
  readonly paper: number | null;
  /** Ours rounded to the digits of the print, minus the print; `null` where there is none. */
  readonly difference: number | null;
}

/** Table 7 at one C and kernel size. */
export interface ChannelScaling {
  /** C. */
  readonly channels: number;
  /** k; the paper's table is k = 3. */
  readonly kernelSize: number;
  /** Parameters of f_theta: C^2 + 15 C. */
  readonly dynamicsParameters: number;
  /** Parameters of a learned E: C^2 k^2. */
  readonly initialStateParameters: number;
  /** Row "Total Params": dynamics and learned E, in millions. */
  readonly totalMillions: BesidePaper;
  /** Row "Param Size": dynamics alone as float32, in 10^6 bytes. */
  readonly megabytes: BesidePaper;
  /** All stored parameters of puppet-cnn (puppeteer, norms, head, E where learned), by kind of initial state. */
  readonly stored: Readonly<Record<InitialStateKind, number>>;
  /** Multiply-adds of one image at the reference depth, kernels generated beforehand. */
  readonly multiplyAddsPerImage: number;
  /** Multiply-adds of one evaluation of f_theta. */
  readonly multiplyAddsPerEvaluation: number;
  /** Multiply-adds of one generation at the reference depth: all evaluations, and the resizing. */
  readonly multiplyAddsPerGeneration: number;
}

/** One architecture of a family: the same layers with stored and with generated kernels. */
export interface DepthScaling {
  /** Name: `VGG-16`. */
  readonly name: string;
  /** Weighted layers, as the name counts them. */
  readonly depth: number;
  /** k of its k x k convolutions. */
  readonly kernelSize: number;
  /** Convolutions, shortcuts included. */
  readonly convolutions: number;
  /** Kernels that the puppet generates. */
  readonly generatedKernels: number;
  /** Stored kernels: all parameters. */
  readonly fixedParameters: number;
  /** Generated kernels: parameters of the puppeteer alone (the paper's column), the same at every depth. */
  readonly puppeteerParameters: number;
  /** Generated kernels: all stored parameters, by kind of initial state; grows by the norms alone. */
  readonly puppetParameters: Readonly<Record<InitialStateKind, number>>;
  /** fixedParameters / puppetParameters.seeded. */
  readonly ratio: number;
  /** Multiply-adds of one image with stored kernels, head of the fixed network included. */
  readonly fixedMultiplyAdds: number;
  /** Multiply-adds of one image with generated kernels generated beforehand. */
  readonly puppetMultiplyAdds: number;
  /** Multiply-adds of one generation: all evaluations, and the resizing. */
  readonly multiplyAddsPerGeneration: number;
}

/** Figure 4 for one family. */
export interface FamilyScaling {
  /** `vgg` or `resnet`. */
  readonly family: string;
  /** How it is written: `VGG`. */
  readonly title: string;
  /** By kernel size, then by depth. */
  readonly members: readonly DepthScaling[];
}

/** What `param-scaling --format json` prints. */
export interface ParameterScaling {
  /** Tells documents apart. */
  readonly kind: "parameter-scaling";
  /** Of this form. */
  readonly version: 1;
  /** Number of classes of the heads. */
  readonly classes: number;
  /** Size of the images that multiply-adds are of, in pixels. */
  readonly image: { readonly height: number; readonly width: number };
  /** Table 7; `null` where only Figure 4 was asked for. */
  readonly table7: {
    /** Where the prints come from. */
    readonly source: string;
    /** Depth at which multiply-adds are counted. */
    readonly depth: number;
    /** By kernel size, then by C. */
    readonly rows: readonly ChannelScaling[];
  } | null;
  /** Figure 4; `null` where only Table 7 was asked for. */
  readonly figure4: {
    /** What the figure shows, and that the paper prints no numbers. */
    readonly source: string;
    /** C of the puppeteer. */
    readonly channels: number;
    /** The families. */
    readonly families: readonly FamilyScaling[];
  } | null;
}
