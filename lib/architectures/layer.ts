/** Convolution with stride 1 and "same" padding, then batch norm, then ReLU. */
export interface ConvolutionLayer {
  /** Tells the kinds of layer apart. */
  readonly kind: "convolution";
  /** Unique within the architecture; names the layer's slot (`stage2.conv1`). */
  readonly name: string;
  /** Side of the kernel in taps. */
  readonly kernelSize: number;
  /** Channels of the input. */
  readonly inputChannels: number;
  /** Channels of the output. */
  readonly outputChannels: number;
  /** Adds the layer's input before the ReLU; needs equal channel counts. */
  readonly identityShortcut: boolean;
}

/** Max-pooling with stride equal to its size; odd rests are dropped. */
export interface MaxPoolLayer {
  /** Tells the kinds of layer apart. */
  readonly kind: "max-pool";
  /** Side of the window in pixels. */
  readonly size: number;
}

/** Mean over height and width. */
export interface GlobalAveragePoolLayer {
  /** Tells the kinds of layer apart. */
  readonly kind: "global-average-pool";
}

/** Affine map of a vector. */
export interface LinearLayer {
  /** Tells the kinds of layer apart. */
  readonly kind: "linear";
  /** Names the parameters `<name>.weights` and `<name>.bias`. */
  readonly name: string;
  /** Length of the input. */
  readonly inputs: number;
  /** Length of the output. */
  readonly outputs: number;
}

/** One row of an architecture: data only, no tensors. */
export type Layer = ConvolutionLayer | MaxPoolLayer | GlobalAveragePoolLayer | LinearLayer;

/** The convolutions of an architecture, in order. */
export function convolutionsOf(layers: readonly Layer[]): ConvolutionLayer[] {
  return layers.filter((layer) => layer.kind === "convolution");
}
