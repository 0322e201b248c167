import { encodeAdaptiveOnnx, encodeOnnxNetwork } from "./onnx.ts";
import { toNchw } from "./probe_images.ts";
import { findOnnxRuntime } from "./run_onnx.ts";
import { runSafetensors } from "./run_safetensors.ts";
import { findTfjsRuntime } from "./run_tfjs.ts";
import { encodeSafetensorsNetwork } from "./safetensors_network.ts";
import { encodeTfjs, TFJS_WEIGHTS_FILE } from "./tfjs.ts";
import type { BakedModel, BakedNetwork } from "./baked_model.ts";

/** Forms in which networks are written for other programs. */
export const networkFormatNames = ["safetensors", "onnx", "tfjs"] as const;

/** One of them. */
export type NetworkFormatName = typeof networkFormatNames[number];

/** Images on which a written network is tried. */
export interface Probe {
  /** `[batch, height, width, 3]` RGB, 0..255. */
  readonly pixels: Uint8Array;
  /** The four sides. */
  readonly shape: readonly [batch: number, height: number, width: number, channels: number];
}

/** A network in its files. */
export interface WrittenNetwork {
  /** Content by path within the folder; the first is the one to open. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /**
   * Runs the files in the program that they are for; gives logits `[batch, classes]`. `null` where that program is not here.
   */
  readonly run: ((probe: Probe) => Promise<Float32Array>) | null;
}

/** A network for every complexity in one file. */
export interface WrittenAdaptiveNetwork extends Omit<WrittenNetwork, "run"> {
  /** Runs one image with its complexity. */
  readonly run: ((probe: Probe, complexity: number) => Promise<Float32Array>) | null;
}

/** Writes networks in one format. */
export interface NetworkFormat {
  /** The program that runs what is written; or why it is not here. */
  readonly runtime: { readonly name: string } | { readonly missing: string };
  /** Writes the network of a level. */
  write(model: BakedModel, network: BakedNetwork): WrittenNetwork;
  /** Writes the networks of all levels into one file; absent where the format has no way to choose. */
  writeAdaptive?(model: BakedModel, networks: readonly BakedNetwork[]): WrittenAdaptiveNetwork;
}

/** What a format needs to know. */
export interface NetworkFormatOptions {
  /** Version of the toolkit. */
  readonly producerVersion: string;
  /** Where the search for the program that runs the format starts. */
  readonly runtimeFolder: string;
}

function onnxFormat({ producerVersion, runtimeFolder }: NetworkFormatOptions): NetworkFormat {
  const found = findOnnxRuntime(runtimeFolder);
  const run = "missing" in found ? null : found.module.run;
  const runFile = (bytes: Uint8Array, { pixels, shape }: Probe, complexity?: number) => {
    const [batch, height, width] = shape;
    const images = toNchw(pixels, { height, width });
    return run!(bytes, [{
      images,
      shape: [batch, 3, height, width],
      ...(complexity === undefined ? {} : { complexity }),
    }]);
  };
  return {
    runtime: "missing" in found ? found : { name: found.module.name },
    write: (model, network) => {
      const bytes = encodeOnnxNetwork(model, network, producerVersion);
      return {
        files: new Map([[`level-${network.level.index}.onnx`, bytes]]),
        run: run === null ? null : async (probe) => (await runFile(bytes, probe))[0]!,
      };
    },
    writeAdaptive: (model, networks) => {
      const bytes = encodeAdaptiveOnnx(model, networks, producerVersion);
      return {
        files: new Map([["adaptive.onnx", bytes]]),
        run: run === null
          ? null
          : async (probe, complexity) => (await runFile(bytes, probe, complexity))[0]!,
      };
    },
  };
}

function tfjsFormat({ producerVersion, runtimeFolder }: NetworkFormatOptions): NetworkFormat {
  const found = findTfjsRuntime(runtimeFolder);
  const run = "missing" in found ? null : found.module.run;
  return {
    runtime: "missing" in found ? found : { name: found.module.name },
    write: (model, network) => {
      const written = encodeTfjs(model, network, producerVersion);
      const folder = `level-${network.level.index}`;
      const topology = new TextEncoder().encode(JSON.stringify(written.topology));
      return {
        files: new Map([
          [`${folder}/model.json`, topology],
          [`${folder}/${TFJS_WEIGHTS_FILE}`, written.weights],
        ]),
        run: run === null
          ? null
          : ({ pixels, shape }) => run(written, { values: Float32Array.from(pixels), shape }),
      };
    },
  };
}

function safetensorsFormat({ producerVersion }: NetworkFormatOptions): NetworkFormat {
  return {
    runtime: { name: "the file's own description" },
    write: (model, network) => {
      const bytes = encodeSafetensorsNetwork(model, network, producerVersion);
      return {
        files: new Map([[`level-${network.level.index}.safetensors`, bytes]]),
        run: ({ pixels, shape }) =>
          runSafetensors(bytes, { values: Float32Array.from(pixels), shape }),
      };
    },
  };
}

const FORMATS: Readonly<
  Record<NetworkFormatName, (options: NetworkFormatOptions) => NetworkFormat>
> = { safetensors: safetensorsFormat, onnx: onnxFormat, tfjs: tfjsFormat };

/**
 * Makes what writes a format.
 *
 * @param name The format.
 * @param options Version of the toolkit, and where to look for the program that runs the format.
 * @returns The writer.
 * @throws {RangeError} if there is no such format.
 */
export function networkFormat(
  name: NetworkFormatName,
  options: NetworkFormatOptions,
): NetworkFormat {
  if (!networkFormatNames.includes(name)) {
    throw new RangeError(
      `Cannot write networks: format must be one of ${
        networkFormatNames.join(", ")
      }, current value is ${name}`,
    );
  }
  return FORMATS[name](options);
}
