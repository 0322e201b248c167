import type { CallPart, SplitFunction } from "./split_call.ts";

/** What is used of the module that Emscripten makes. */
export interface WasmModule {
  /** All of its memory; another object after memory has grown. */
  readonly HEAPU8: Uint8Array;
  /** Reserves bytes; 0 where there are none left. */
  _malloc(bytes: number): number;
  /** Frees them. */
  _free(address: number): void;
  /** Makes a function callable. */
  cwrap(name: string, returns: null, types: readonly string[]): CFunction;
}

/** A function of the module; arrays are passed as bytes. */
export type CFunction = (...args: unknown[]) => void;

/** Types of a product's arguments, in which shapes are arrays. */
const PRODUCT_TYPES = [
  ...["number", "array", "number", "number", "array", "number", "number", "number", "number"],
];

/** Makes a split function of a module callable, with shapes as lists of numbers. */
export function callable(
  module: Pick<WasmModule, "cwrap">,
  name: SplitFunction,
): (args: CallPart["args"]) => void {
  const types = name === "BatchMatMul" ? PRODUCT_TYPES : [];
  const call = module.cwrap(name, null, types);
  return (args) => {
    const bytes = args.map((arg) =>
      typeof arg === "number" ? arg : new Uint8Array(new Int32Array(arg).buffer)
    );
    call(...bytes);
  };
}
