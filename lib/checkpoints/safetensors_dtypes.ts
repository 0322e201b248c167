/** Numbers of one tensor in memory. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Element types that checkpoints may hold. `F16` and `BF16` are passed on as bits, `BOOL` as 0 and 1. */
export type SafetensorsDtype =
  | "BOOL"
  | "U8"
  | "I8"
  | "I16"
  | "U16"
  | "F16"
  | "BF16"
  | "I32"
  | "U32"
  | "F32"
  | "F64"
  | "I64"
  | "U64";

/** A named array of numbers with its shape. */
export interface SafeTensor {
  /** Element type. */
  readonly dtype: SafetensorsDtype;
  /** Sides, row-major; empty for a scalar. */
  readonly shape: readonly number[];
  /** The elements; the array class must be the one of `dtype`. */
  readonly data: TensorData;
}

/** What the code needs to know of an element type. */
export interface DtypeInfo {
  /** Bytes of one element. */
  readonly size: number;
  /** The array class that holds such elements. */
  readonly arrayType: {
    new (buffer: ArrayBuffer): TensorData;
    readonly name: string;
  };
}

/**
 * Element types by name, smallest alignment first: the order by which the reference implementation lays tensors
 * out (last first), so that each tensor starts at a multiple of its element size.
 */
export const dtypes: ReadonlyMap<string, DtypeInfo> = new Map<SafetensorsDtype, DtypeInfo>([
  ["BOOL", { size: 1, arrayType: Uint8Array }],
  ["U8", { size: 1, arrayType: Uint8Array }],
  ["I8", { size: 1, arrayType: Int8Array }],
  ["I16", { size: 2, arrayType: Int16Array }],
  ["U16", { size: 2, arrayType: Uint16Array }],
  ["F16", { size: 2, arrayType: Uint16Array }],
  ["BF16", { size: 2, arrayType: Uint16Array }],
  ["I32", { size: 4, arrayType: Int32Array }],
  ["U32", { size: 4, arrayType: Uint32Array }],
  ["F32", { size: 4, arrayType: Float32Array }],
  ["F64", { size: 8, arrayType: Float64Array }],
  ["I64", { size: 8, arrayType: BigInt64Array }],
  ["U64", { size: 8, arrayType: BigUint64Array }],
]);

/** Names of the element types, for messages. */
export const dtypeNames: string = [...dtypes.keys()].join(", ");

/** Largest number of dimensions that a tensor may have. */
export const maxDimensions = 32;

/**
 * Multiplies the sides of a shape.
 *
 * @param shape Sides, integers of 0 or more; an empty shape is a scalar.
 * @returns The number of elements, or `null` if a side is no such integer or the product is too large to be exact.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(elementCount([3, 3, 64]), 576);
 * assert.equal(elementCount([]), 1);
 * assert.equal(elementCount([2 ** 40, 2 ** 40]), null);
 * ```
 */
export function elementCount(shape: readonly number[]): number | null {
  let count = 1;
  for (const side of shape) {
    if (!Number.isSafeInteger(side) || side < 0) return null;
    count *= side;
    if (!Number.isSafeInteger(count)) return null;
  }
  return count;
}
