import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { MathType } from "./backend.ts";
import { type ConvolutionSlide, leavesTapsUnset, losesRows } from "./bfloat16_faults.ts";
import { hasNativeConvolutions } from "./native_convolution.ts";
import { type NativeBackend, nativeBackend, type OperationAttribute } from "./native_operation.ts";
import {
  isSmallFilterGradient,
  SMALL_FILTER_AXES,
  SMALL_FILTER_PADDING,
} from "./small_filter_gradient.ts";

/** A tensor as the binding hands it over; nobody but its receiver frees it. */
export interface NativeTensor {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** The binding's functions that work on such tensors. */
export interface NativeTensorBinding {
  executeOp(
    name: string,
    attributes: readonly OperationAttribute[],
    ids: readonly number[],
    outputs: number,
  ): NativeTensor[];
  createTensor(shape: readonly number[], dtype: number, values: Int32Array): number;
  deleteTensor(id: number): void;
}

/** The inner methods of tfjs-node's backend, through which all its kernels go. */
export interface RoundingBackend extends NativeBackend {
  readonly binding: NativeBackend["binding"] & NativeTensorBinding;
  executeSingleOutput(
    name: string,
    attributes: readonly OperationAttribute[],
    inputs: readonly TensorInfo[],
  ): unknown;
  getInputTensorIds(inputs: readonly TensorInfo[]): number[];
  readSync(dataId: TensorInfo["dataId"]): ArrayLike<number>;
  disposeData(dataId: TensorInfo["dataId"], force?: boolean): boolean;
  createOutputTensor(tensor: NativeTensor): ReturnType<NativeBackend["executeMultipleOutputs"]>[0];
}

/** Number of the type in TensorFlow's C interface; tfjs-node has no name for it. */
const TF_BFLOAT16 = 14;

/** Multiplications below which a product takes longer with the conversions than without: measured. */
const LEAST_PRODUCT = 2 ** 22;

/** Columns of a product below which the conversions outweigh what they save. */
const LEAST_COLUMNS = 128;

/** Channels of a convolution's input from which on it is rounded: below, the conversions outweigh what they save. */
const LEAST_CHANNELS = 16;

type Inputs = readonly TensorInfo[];

/** Narrow products stay exact as well: logits of a few classes, where rounding would make ties. */
function isLargeProduct([a, b]: Inputs, attributes: readonly OperationAttribute[]): boolean {
  const turned = attributes.some(({ name, value }) => name === "adj_y" && value === true);
  const columns = b!.shape.at(turned ? -2 : -1)!;
  const product = (lengths: readonly number[]) => lengths.reduce((all, length) => all * length, 1);
  // One matrix can meet many of the other side.
  const batches = Math.max(product(a!.shape.slice(0, -2)), product(b!.shape.slice(0, -2)));
  const work = batches * columns * product(a!.shape.slice(-2));
  return columns >= LEAST_COLUMNS && work >= LEAST_PRODUCT;
}

/** The operations that are computed on rounded numbers, and for which inputs that is worth it. */
const ROUNDED: Readonly<
  Record<string, (inputs: Inputs, attributes: readonly OperationAttribute[]) => boolean>
> = {
  BatchMatMulV2: isLargeProduct,
  Conv2D: ([, filter]) => filter!.shape[2]! >= LEAST_CHANNELS,
  Conv2DBackpropInput: ([, filter]) => filter!.shape[2]! >= LEAST_CHANNELS,
  Conv2DBackpropFilter: ([input]) => input!.shape[3]! >= LEAST_CHANNELS,
  _MklNativeConv2DWithBias: ([, filter]) => filter!.shape[2]! >= LEAST_CHANNELS,
};

/** Runs an operation with one output, which lives until the rounded operation ends. */
type Execute = (
  operation: string,
  attributes: readonly OperationAttribute[],
  ids: readonly number[],
) => NativeTensor;

/** Runs operations on numbers that are rounded to bfloat16 first; sums are float32 inside of oneDNN. */
class Bfloat16 {
  readonly #backend: RoundingBackend;
  readonly #toBfloat16: readonly OperationAttribute[];
  readonly #toFloat32: readonly OperationAttribute[];
  readonly #float32: number;
  /** Rounded copies of tensors that live. */
  readonly #rounded = new Map<TensorInfo["dataId"], number>();

  constructor(backend: RoundingBackend) {
    const { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_FLOAT } = backend.binding;
    const conversion = (from: number, to: number): OperationAttribute[] => [
      { name: "SrcT", type: TF_ATTR_TYPE!, value: from },
      { name: "DstT", type: TF_ATTR_TYPE!, value: to },
      { name: "Truncate", type: TF_ATTR_BOOL!, value: false },
    ];
    this.#backend = backend;
    this.#float32 = TF_FLOAT!;
    this.#toBfloat16 = conversion(TF_FLOAT!, TF_BFLOAT16);
    this.#toFloat32 = conversion(TF_BFLOAT16, TF_FLOAT!);
  }

  /** Whether an operation is rounded. */
  takes(name: string, attributes: readonly OperationAttribute[], inputs: Inputs): boolean {
    return !isSuspended && ROUNDED[name] !== undefined &&
      attributes.some(({ name, value }) => name === "T" && value === this.#float32) &&
      ROUNDED[name](inputs, attributes) && !this.#isFaulty(name, attributes, inputs);
  }

  /** Whether oneDNN would compute it wrongly. */
  #isFaulty(name: string, attributes: readonly OperationAttribute[], inputs: Inputs): boolean {
    if (name === "BatchMatMulV2" || this.#isSmallFilterGradient(name, attributes, inputs)) {
      return false;
    }
    const slide = this.#slideOf(name, attributes, inputs);
    return losesRows(slide) || name === "Conv2DBackpropFilter" && leavesTapsUnset(slide);
  }

  #slideOf(
    name: string,
    attributes: readonly OperationAttribute[],
    [first, second]: Inputs,
  ): ConvolutionSlide {
    const valueOf = (wanted: string) => attributes.find(({ name }) => name === wanted)?.value;
    // The gradients are given the shape of what they are the gradient of.
    const shapeOf = (tensor: TensorInfo, isGiven: boolean) =>
      isGiven ? this.#backend.readSync(tensor.dataId) : tensor.shape;
    const maps = shapeOf(first!, name === "Conv2DBackpropInput");
    const filter = shapeOf(second!, name === "Conv2DBackpropFilter");
    const heightAt = valueOf("data_format") === "NCHW" ? 2 : 1;
    const alongAxis = (axis: 0 | 1) => ({
      pixels: maps[heightAt + axis]!,
      taps: filter[axis]!,
      stride: (valueOf("strides") as readonly number[])[heightAt + axis]!,
      dilation: (valueOf("dilations") as readonly number[] | undefined)?.[heightAt + axis] ?? 1,
    });
    return {
      vertical: alongAxis(0),
      horizontal: alongAxis(1),
      padded: valueOf("padding") === "SAME",
    };
  }

  /** Runs it; what lies between is freed here, since TensorFlow.js does not know of it, and copies with their originals. */
  run(
    name: string,
    attributes: readonly OperationAttribute[],
    inputs: Inputs,
  ): ReturnType<NativeBackend["executeMultipleOutputs"]>[0] {
    const between: number[] = [];
    const execute: Execute = (operation, attributes, ids) => {
      const [output] = this.#backend.binding.executeOp(operation, attributes, ids, 1);
      between.push(output!.id);
      return output!;
    };
    try {
      const ids = this.#backend.getInputTensorIds(inputs).map((id, index) =>
        inputs[index]!.dtype === "float32" ? this.#round(inputs[index]!, id) : id
      );
      const rounded = attributes.map((attribute) =>
        attribute.name === "T" ? { ...attribute, value: TF_BFLOAT16 } : attribute
      );
      const product = this.#isSmallFilterGradient(name, attributes, inputs)
        ? this.#filterGradient(rounded, [ids[0]!, ids[2]!], execute)
        : execute(name, rounded, ids);
      const result = execute("Cast", this.#toFloat32, [product.id]);
      between.pop();
      return this.#backend.createOutputTensor(result);
    } finally {
      for (const id of between) this.#backend.binding.deleteTensor(id);
    }
  }

  /** A tensor in bfloat16: made once, since the gradients need what the forward pass has rounded. */
  #round({ dataId }: TensorInfo, id: number): number {
    const known = this.#rounded.get(dataId);
    if (known !== undefined) return known;
    const [rounded] = this.#backend.binding.executeOp("Cast", this.#toBfloat16, [id], 1);
    this.#rounded.set(dataId, rounded!.id);
    return rounded!.id;
  }

  /** Frees the rounded copy of a tensor that is no more. */
  forget(dataId: TensorInfo["dataId"]): void {
    const id = this.#rounded.get(dataId);
    if (id === undefined) return;
    this.#rounded.delete(dataId);
    this.#backend.binding.deleteTensor(id);
  }

  /** Frees all rounded copies. */
  forgetAll(): void {
    for (const dataId of [...this.#rounded.keys()]) this.forget(dataId);
  }

  /** Whether it is the gradient of a 3x3 filter that slid over small maps, pixel by pixel. */
  #isSmallFilterGradient(
    name: string,
    attributes: readonly OperationAttribute[],
    [input, sizes]: Inputs,
  ): boolean {
    if (name !== "Conv2DBackpropFilter") return false;
    const valueOf = (wanted: string) => attributes.find((each) => each.name === wanted)?.value;
    return isSmallFilterGradient(input!.shape, Array.from(this.#backend.readSync(sizes!.dataId)), {
      strides: valueOf("strides") as readonly number[],
      isSame: valueOf("padding") === "SAME" && valueOf("data_format") === "NHWC",
    });
  }

  /** As a convolution; see {@linkcode isSmallFilterGradient}. */
  #filterGradient(
    attributes: readonly OperationAttribute[],
    [input, outputGradient]: readonly [number, number],
    execute: Execute,
  ): NativeTensor {
    const { TF_ATTR_TYPE, TF_ATTR_STRING, TF_ATTR_INT, TF_INT32 } = this.#backend.binding;
    const transpose = (id: number, order: readonly number[]) => {
      const permutation = this.#backend.binding.createTensor(
        [4],
        TF_INT32!,
        Int32Array.from(order),
      );
      try {
        return execute("Transpose", [
          { name: "T", type: TF_ATTR_TYPE!, value: TF_BFLOAT16 },
          { name: "Tperm", type: TF_ATTR_TYPE!, value: TF_INT32 },
        ], [id, permutation]);
      } finally {
        this.#backend.binding.deleteTensor(permutation);
      }
    };
    const images = transpose(input, SMALL_FILTER_AXES.input);
    const filter = transpose(outputGradient, SMALL_FILTER_AXES.outputGradient);
    const gradient = execute("Conv2D", [
      ...attributes.filter(({ name }) => name !== "padding"),
      { name: "padding", type: TF_ATTR_STRING!, value: "EXPLICIT" },
      { name: "explicit_paddings", type: TF_ATTR_INT!, value: SMALL_FILTER_PADDING },
    ], [images.id, filter.id]);
    return transpose(gradient.id, SMALL_FILTER_AXES.filter);
  }
}

const rounding = new WeakMap<NativeBackend, Bfloat16>();

/** Whether everything is computed in float32 just now, whatever was asked for. */
let isSuspended = false;

/** Numbers that the current backend of TensorFlow.js computes products with. */
export function currentMath(): MathType {
  const backend = nativeBackend();
  return backend !== null && rounding.has(backend) ? "bfloat16" : "float32";
}

/**
 * Computes in float32 on any backend: for what does not bear numbers rounded to bfloat16.
 *
 * @param compute What is computed; not asynchronous.
 * @returns Its result.
 */
export function withoutRounding<Result>(compute: () => Result): Result {
  const before = isSuspended;
  isSuspended = true;
  try {
    return compute();
  } finally {
    isSuspended = before;
  }
}

/**
 * Makes the native backend compute convolutions, their gradients and matrix products on numbers rounded to bfloat16,
 * which halves their time on a processor with instructions for it: inputs and result have 8 bits of precision, the sums
 * in between are float32. Everything else, and products too small to gain, stay float32.
 *
 * @param native The native backend.
 * @param on Whether it rounds from now on.
 */
export function roundToBfloat16(native: NativeBackend, on: boolean): void {
  const backend = native as RoundingBackend;
  const own = backend as Partial<RoundingBackend>;
  // The methods of the class are hidden by functions of the object, so that they appear again when these go.
  delete own.executeSingleOutput;
  delete own.executeMultipleOutputs;
  delete own.disposeData;
  rounding.get(native)?.forgetAll();
  rounding.delete(native);
  if (!on) return;
  const bfloat16 = new Bfloat16(backend);
  rounding.set(native, bfloat16);
  const single = backend.executeSingleOutput.bind(backend);
  const multiple = backend.executeMultipleOutputs.bind(backend);
  backend.executeSingleOutput = (name, attributes, inputs) =>
    bfloat16.takes(name, attributes, inputs)
      ? bfloat16.run(name, attributes, inputs)
      : single(name, attributes, inputs);
  backend.executeMultipleOutputs = (name, attributes, inputs, outputs) =>
    bfloat16.takes(name, attributes, inputs)
      ? [bfloat16.run(name, attributes, inputs)]
      : multiple(name, attributes, inputs, outputs);
  const dispose = backend.disposeData.bind(backend);
  backend.disposeData = (dataId, force) => {
    const gone = dispose(dataId, force);
    if (gone) bfloat16.forget(dataId);
    return gone;
  };
}

const answers = new WeakMap<NativeBackend, boolean | null>();

/**
 * Whether oneDNN has convolutions in bfloat16 for this processor: tried once a backend, since every gradient asks. On x86-64
 * it has none without AVX-512, but for the newest processors with AVX2.
 *
 * @returns `null` where the current backend has no convolutions of oneDNN at all.
 */
export function computesInBfloat16(): boolean | null {
  const backend = nativeBackend();
  if (backend === null) return null;
  const known = answers.get(backend);
  if (known !== undefined) return known;
  const wasOn = rounding.has(backend);
  if (!wasOn) roundToBfloat16(backend, true);
  const answer = hasNativeConvolutions(LEAST_CHANNELS);
  if (!wasOn) roundToBfloat16(backend, false);
  answers.set(backend, answer);
  return answer;
}
