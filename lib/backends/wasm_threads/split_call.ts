/** Functions of the WebAssembly module whose work is split. */
export type SplitFunction = "BatchMatMul" | "Conv2D" | "FusedConv2D";

/** Consecutive numbers of a tensor. */
export interface Stretch {
  /** Index of the first. */
  readonly start: number;
  /** How many. */
  readonly length: number;
}

/** One part of a call: it computes a stretch of the output from a stretch of the input and from whole tensors. */
export interface CallPart {
  /** Arguments of the function; those that name tensors are filled in by whoever runs it. */
  readonly args: readonly (number | readonly number[])[];
  /** What it reads of the input. */
  readonly input: Stretch;
  /** What it writes of the output. */
  readonly output: Stretch;
}

/** A call, cut into parts that can run in any order and anywhere, and give the same bytes as the whole. */
export interface SplitCall {
  /** The function. */
  readonly name: SplitFunction;
  /** Position of the argument that names the input. */
  readonly input: number;
  /** Position of the argument that names the output. */
  readonly output: number;
  /** Positions of arguments that name tensors which every part needs whole; 0 there names none. */
  readonly whole: readonly number[];
  /** Multiply-adds of all parts. */
  readonly work: number;
  /** The parts, in order. */
  readonly parts: readonly CallPart[];
}

/** Arguments as TensorFlow.js passes them: numbers, and shapes as the bytes of 32-bit integers. */
export type CallArguments = readonly (number | boolean | Uint8Array)[];

/** Cuts a range into parts whose lengths differ by one at most. */
function cut(count: number, parts: number): Stretch[] {
  return Array.from({ length: parts }, (_, index) => {
    const start = Math.floor(index * count / parts);
    return { start, length: Math.floor((index + 1) * count / parts) - start };
  });
}

function scaled({ start, length }: Stretch, size: number): Stretch {
  return { start: start * size, length: length * size };
}

/** Where the arguments of a convolution stand; a fused one has its bias after the size of the filter. */
interface ConvolutionLayout {
  readonly name: Exclude<SplitFunction, "BatchMatMul">;
  readonly whole: readonly number[];
  /** Position of the upper padding; right, lower and left ones, "same", dilations, strides and channels follow. */
  readonly padding: number;
  readonly output: number;
}

const CONVOLUTIONS: readonly ConvolutionLayout[] = [
  { name: "Conv2D", whole: [4], padding: 7, output: 18 },
  { name: "FusedConv2D", whole: [4, 7, 20], padding: 8, output: 22 },
];

/** Sizes of a convolution, from its arguments. */
function readConvolution(args: readonly number[], { padding }: ConvolutionLayout) {
  const [, batch, height, width, , filterHeight, filterWidth] = args as readonly [
    ...[number, number, number, number, number, number, number],
  ];
  const [
    top,
    right,
    bottom,
    left,
    ,
    dilation,
    dilationWidth,
    stride,
    strideWidth,
    inputs,
    outputs,
  ] = args.slice(padding) as [number, number, number, number, ...number[]] & Record<number, number>;
  const span = (filterHeight - 1) * dilation! + 1;
  const outHeight = Math.floor((height + top + bottom - span) / stride!) + 1;
  const spanWidth = (filterWidth - 1) * dilationWidth! + 1;
  const outWidth = Math.floor((width + left + right - spanWidth) / strideWidth!) + 1;
  const taps = filterHeight * filterWidth * inputs!;
  return {
    ...{ batch, height, top, stride: stride!, span, outHeight },
    inputRow: width * inputs!,
    outputRow: outWidth * outputs!,
    work: batch * outHeight * outWidth * outputs! * taps,
  };
}

function partByImages(args: readonly number[], images: Stretch, sizes: {
  readonly input: number;
  readonly output: number;
}): CallPart {
  return {
    args: args.with(1, images.length),
    input: scaled(images, sizes.input),
    output: scaled(images, sizes.output),
  };
}

/** Rows of one image: a part sees the rows of the input that its filters reach, and zeros only at the image's ends. */
function partByRows(
  args: readonly number[],
  rows: Stretch,
  sizes: ReturnType<typeof readConvolution> & { readonly padding: number },
): CallPart {
  const { height, top, stride, span, padding } = sizes;
  const first = rows.start * stride - top;
  const end = (rows.start + rows.length - 1) * stride - top + span;
  const input = { start: Math.max(first, 0), length: Math.min(end, height) - Math.max(first, 0) };
  return {
    args: args
      .with(2, input.length)
      .with(padding, Math.max(-first, 0))
      .with(padding + 2, Math.max(end - height, 0))
      // Not "same": its padding would be computed anew, from the rows of the part.
      .with(padding + 4, 0),
    input: scaled(input, sizes.inputRow),
    output: scaled(rows, sizes.outputRow),
  };
}

function splitConvolution(
  args: readonly number[],
  layout: ConvolutionLayout,
  wanted: number,
): SplitCall {
  const { name, whole, output, padding } = layout;
  const sizes = readConvolution(args, layout);
  const { batch, height, outHeight, inputRow, outputRow, work } = sizes;
  const images = { input: height * inputRow, output: outHeight * outputRow };
  const parts = batch > 1
    ? cut(batch, Math.min(batch, wanted)).map((part) => partByImages(args, part, images))
    : cut(outHeight, Math.min(outHeight, wanted))
      .map((part) => partByRows(args, part, { ...sizes, padding }));
  return { name, input: 0, output, whole, work, parts };
}

function readShape(bytes: Uint8Array): number[] {
  return [...new Int32Array(bytes.slice().buffer)];
}

/** A product of plain matrices, by rows of the first; `null` for products of several at once or of turned ones. */
function splitProduct(args: CallArguments, wanted: number): SplitCall | null {
  const [first, second] = [readShape(args[1] as Uint8Array), readShape(args[4] as Uint8Array)];
  const [batch, rows, inner] = first as [number, number, number];
  const [batchOfSecond, , columns] = second as [number, number, number];
  if (batch !== 1 || batchOfSecond !== 1 || args[6] || args[7]) return null;
  const parts = cut(rows, Math.min(rows, wanted)).map((part): CallPart => ({
    args: [0, [1, part.length, inner], 3, 0, second, 3, 0, 0, 0],
    input: scaled(part, inner),
    output: scaled(part, columns),
  }));
  const work = rows * inner * columns;
  return { name: "BatchMatMul", input: 0, output: 8, whole: [3], work, parts };
}

/**
 * Cuts a call into parts by images, by rows of a single image, or by rows of a matrix. A number of the output is
 * computed by one part from the same numbers in the same order, wherever the cuts lie.
 *
 * @param name The function.
 * @param args What TensorFlow.js passes to it.
 * @param wanted How many parts at most, >= 1.
 * @returns The parts; `null` for a call that cannot be cut.
 */
export function splitCall(
  name: SplitFunction,
  args: CallArguments,
  wanted: number,
): SplitCall | null {
  if (name === "BatchMatMul") return splitProduct(args, wanted);
  const layout = CONVOLUTIONS.find((other) => other.name === name)!;
  return splitConvolution(args.map(Number), layout, wanted);
}
