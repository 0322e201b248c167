import { readFileSync } from "node:fs";

/** Functions that every decoder compiled to WebAssembly exports: its memory, and room in it. */
export interface CodecExports {
  readonly memory: WebAssembly.Memory;
  /** Address of a new piece of memory; 0 if there is none left. */
  readonly malloc: (bytes: number) => number;
}

const modules = new Map<string, WebAssembly.Module>();

/** Decoders read memory and give memory; they have no files, no clock and no other way out. */
function refuseSystemCall(): never {
  throw new RangeError("its decoder gave up");
}

/**
 * Starts a decoder. Every picture gets an instance of its own: what a malicious one does to the decoder's memory ends
 * with it.
 *
 * @param url Address of the WebAssembly file; it is read and compiled once per thread.
 * @param functions Functions that the decoder imports, by name; without one, a call of it ends the decoding.
 * @returns What it exports.
 */
export function startCodec<Exports extends CodecExports>(
  url: string,
  functions: Readonly<Record<string, () => number>> = {},
): Exports {
  let module = modules.get(url);
  if (module === undefined) {
    module = new WebAssembly.Module(readFileSync(new URL(url)));
    modules.set(url, module);
  }
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] = { ...imports[from], [name]: functions[name] ?? refuseSystemCall };
  }
  return new WebAssembly.Instance(module, imports).exports as unknown as Exports;
}

/**
 * Reserves memory of a decoder.
 *
 * @param codec The decoder.
 * @param bytes Number of bytes.
 * @returns Their address.
 * @throws {RangeError} if there is not so much.
 */
export function reserve(codec: CodecExports, bytes: number): number {
  const address = codec.malloc(bytes);
  if (address === 0) throw new RangeError(`${bytes} bytes of memory are not to be had`);
  return address;
}

/**
 * Copies bytes into the memory of a decoder.
 *
 * @param codec The decoder.
 * @param bytes What to copy.
 * @returns Their address.
 * @throws {RangeError} if there is no room.
 */
export function handOver(codec: CodecExports, bytes: Uint8Array): number {
  const address = reserve(codec, bytes.length);
  new Uint8Array(codec.memory.buffer, address, bytes.length).set(bytes);
  return address;
}
