import type { ModelName } from "./model_names.ts";

/** Everything that fixes a model's architecture: two equal configurations have interchangeable checkpoints. */
export interface ModelConfig {
  /** Name of a model in the registry. */
  readonly name: ModelName;
  /** C, the largest channel count of the puppet; a multiple of 8 (512 in the paper). */
  readonly maxChannels: number;
  /** Side of the convolution kernels in taps; odd. */
  readonly kernelSize: number;
  /** Where the trajectory starts: E in K_0 = phi(H) E. */
  readonly initialState: "seeded" | "learned" | "constant";
  /**
   * Standard deviation of E's numbers. f_theta takes no notice of it and moves a state by about 1 from s = 0 to 1: the
   * smaller, the more of a kernel is learned.
   */
  readonly initialStateSize: number;
  /** Explicit Runge-Kutta method that integrates the dynamics. */
  readonly solver: "euler" | "midpoint" | "heun" | "rk4";
  /**
   * Integration steps of one trajectory that networks of every depth are read from, layer n of N at n/N; `null` integrates
   * each depth with its own N steps (Eq. 3 and 4).
   */
  readonly trajectorySteps: number | null;
  /** Name of the complexity measure. */
  readonly complexity: string;
  /** Depth follows the complexity of the image (Eq. 6, 13); otherwise it is `fixedDepth`. */
  readonly depthAdaptation: boolean;
  /** The initial state follows the complexity of the image (Eq. 5, 14); otherwise phi = 1. */
  readonly parameterAdaptation: boolean;
  /** Number of generated layers without depth adaptation. */
  readonly fixedDepth: number;
  /** kappa in N = round(kappa (H - H_0)): layers per bit of complexity. */
  readonly stepsPerBit: number;
  /** H_0: complexity in bits from which on layers are counted; 0 unless it was fitted to images. */
  readonly complexityOffset: number;
  /** Fewest layers that an image can be given. */
  readonly minSteps: number;
  /** Most layers that an image can be given. */
  readonly maxSteps: number;
  /** Complexity levels per depth; every level has its own trajectory and statistics. */
  readonly levelsPerDepth: number;
  /** Every image has its own trajectory (the literal reading of the paper); slow. */
  readonly exact: boolean;
  /** Complexity in bits at which phi(H) = 1. */
  readonly referenceComplexity: number;
  /** Adds the input of a layer to its output where both have the same shape. */
  readonly identityShortcuts: boolean;
  /** Channels come in mirror pairs: an image and its mirror image have the same answer where the poolings divide its width. */
  readonly mirrorSymmetry: boolean;
}
