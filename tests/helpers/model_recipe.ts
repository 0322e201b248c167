/**
 * A shipped Puppet-CNN computed from its files by the recipe of docs/model.md, "Using the weights without this code":
 * loops of its own and TensorFlow.js's matrix product, nothing of the library.
 */
import * as tf from "@tensorflow/tfjs-core";

/** Numbers with their shape, row-major. */
interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What the recipe reads of a model's folder. */
export interface RecipeModel {
  readonly tensors: ReadonlyMap<string, Values>;
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  readonly classNames: readonly string[];
  /** Whether channels are mirror pairs. */
  readonly hasPairs: boolean;
  /** E, `[1, C, 9, C]`. */
  readonly initialState: Float32Array;
}

function readSafetensors(bytes: Uint8Array<ArrayBuffer>): [string, Values][] {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  delete header.__metadata__;
  return Object.entries<{ shape: number[]; data_offsets: [number, number] }>(header)
    .map(([name, { shape, data_offsets: [start, end] }]) => [name, {
      shape,
      values: new Float32Array(bytes.slice(8 + length + start, 8 + length + end).buffer),
    }]);
}

/** Reads a model's files. */
export async function readRecipeModel(folder: string): Promise<RecipeModel> {
  const last = (await Deno.readTextFile(`${folder}/checkpoints/last`)).trim();
  const checkpoint = `${folder}/checkpoints/${last}`;
  const files = await Promise.all(
    ["model", "statistics"].map((name) => Deno.readFile(`${checkpoint}/${name}.safetensors`)),
  );
  const { card } = JSON.parse(await Deno.readTextFile(`${checkpoint}/checkpoint.json`));
  const tensors = new Map(files.flatMap(readSafetensors));
  const { classNames, model: { maxChannels, initialStateSize = 1, mirrorSymmetry: hasPairs } } =
    card;
  const initialState = makeInitialState(maxChannels).map((value) => value * initialStateSize);
  return { tensors, ...card.standardization, classNames, hasPairs, initialState };
}

function fnv(text: string, start: number): number {
  return new TextEncoder().encode(text)
    .reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, start);
}

/** Upper 32 bits of a product of two uint32. */
function upperHalf(left: number, right: number): number {
  const [low, high] = [left * (right & 0xffff), left * (right >>> 16)];
  return Math.floor((high + Math.floor(low / 2 ** 16)) / 2 ** 16);
}

/** Uniform numbers of the key `0/initial-state`. */
function* uniforms(): Generator<number> {
  const label = "0/initial-state";
  const [key0, key1] = [fnv(label, 0x811c9dc5), fnv(label, 0x9747b28c)];
  for (let block = 0;; block++) {
    let [word0, word1, word2, word3] = [block, 0, 0, 0];
    for (let round = 0; round < 10; round++) {
      const left0 = (upperHalf(0xcd9e8d57, word2) ^ word1 ^ (key0 + round * 0x9e3779b9)) >>> 0;
      const left2 = (upperHalf(0xd2511f53, word0) ^ word3 ^ (key1 + round * 0xbb67ae85)) >>> 0;
      word1 = Math.imul(0xcd9e8d57, word2) >>> 0;
      word3 = Math.imul(0xd2511f53, word0) >>> 0;
      word0 = left0;
      word2 = left2;
    }
    yield (Math.floor(word0 / 32) * 2 ** 26 + Math.floor(word1 / 64)) / 2 ** 53;
    yield (Math.floor(word2 / 32) * 2 ** 26 + Math.floor(word3 / 64)) / 2 ** 53;
  }
}

/** E, `[1, C, 9, C]`. */
export function makeInitialState(channels: number): Float32Array {
  const stream = uniforms();
  const next = () => stream.next().value as number;
  const values = new Float32Array(9 * channels * channels);
  for (let at = 0; at < values.length; at += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    values[at] = radius * Math.cos(angle);
    values[at + 1] = radius * Math.sin(angle);
  }
  return values;
}

function entropy(weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.reduce(
    (sum, weight) => weight === 0 ? sum : sum - weight / total * Math.log2(weight / total),
    0,
  );
}

/** H of a square image, `[side, side, 3]`; a plain Fourier transform, rows first. */
export function measureComplexity(pixels: Uint8Array, side: number): number {
  const grey = Array.from({ length: side * side }, (_, at) => {
    const [red, green, blue] = pixels.subarray(3 * at) as unknown as [number, number, number];
    return Math.floor((299 * red + 587 * green + 114 * blue + 500) / 1000);
  });
  const counts = new Array<number>(256).fill(0);
  for (const level of grey) counts[level]!++;
  if (counts.includes(grey.length)) return 0;
  const wave = Array.from({ length: side }, (_, at) => 2 * Math.PI * at / side);
  const power: number[] = [];
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      let [real, imaginary] = [0, 0];
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) {
          const angle = wave[(u * x + v * y) % side]!;
          real += grey[y * side + x]! * Math.cos(angle);
          imaginary -= grey[y * side + x]! * Math.sin(angle);
        }
      }
      power.push(u === 0 && v === 0 ? 0 : real ** 2 + imaginary ** 2);
    }
  }
  return entropy(counts) + entropy(power);
}

/** (x - mean) / sqrt(variance + 1e-5) scale + offset over rows of channels, with the rows' own statistics. */
function normRows(rows: Float32Array, scale: Float32Array, offset: Float32Array): void {
  const channels = scale.length;
  const count = rows.length / channels;
  const forEach = (visit: (at: number, channel: number) => void) => {
    for (let start = 0; start < rows.length; start += channels) {
      for (let channel = 0; channel < channels; channel++) visit(start + channel, channel);
    }
  };
  const mean = new Float64Array(channels);
  const square = new Float64Array(channels);
  forEach((at, channel) => mean[channel]! += rows[at]! / count);
  forEach((at, channel) => square[channel]! += (rows[at]! - mean[channel]!) ** 2 / count);
  const factor = square.map((value, channel) => scale[channel]! / Math.sqrt(value + 1e-5));
  forEach((at, channel) => {
    rows[at] = (rows[at]! - mean[channel]!) * factor[channel]! + offset[channel]!;
  });
}

/** `[rows, inner]` times `[inner, columns]`. */
async function multiply(
  left: Float32Array,
  right: Float32Array,
  inner: number,
): Promise<Float32Array> {
  const product = tf.tidy(() =>
    tf.matMul(
      tf.tensor2d(left, [left.length / inner, inner]),
      tf.tensor2d(right, [inner, right.length / inner]),
    )
  );
  const values = await product.data<"float32">();
  product.dispose();
  return values;
}

/** f_theta of K, `[1, C, 9, C]`. */
async function rateOf(model: RecipeModel, state: Float32Array): Promise<Float32Array> {
  const part = (name: string) => model.tensors.get(`puppeteer.${name}`)!.values;
  const kernel = part("depthwise.weights");
  const channels = part("norm1.scale").length;
  const hidden = new Float32Array(state.length);
  for (let input = 0; input < channels; input++) {
    for (let tap = 0; tap < 9; tap++) {
      const target = (input * 9 + tap) * channels;
      for (let row = Math.max(input - 1, 0); row <= Math.min(input + 1, channels - 1); row++) {
        for (let column = Math.max(tap - 1, 0); column <= Math.min(tap + 1, 8); column++) {
          const weights = ((row - input + 1) * 3 + column - tap + 1) * channels;
          const source = (row * 9 + column) * channels;
          for (let output = 0; output < channels; output++) {
            hidden[target + output]! += state[source + output]! * kernel[weights + output]!;
          }
        }
      }
    }
  }
  normRows(hidden, part("norm1.scale"), part("norm1.offset"));
  const mixed = await multiply(
    hidden.map((value) => Math.max(value, 0)),
    part("pointwise.weights"),
    channels,
  );
  normRows(mixed, part("norm2.scale"), part("norm2.offset"));
  return mixed;
}

/** First position and length of a bin of adaptive pooling. */
function binOf(bin: number, bins: number, length: number): [start: number, size: number] {
  const start = Math.floor(bin * length / bins);
  return [start, Math.ceil((bin + 1) * length / bins) - start];
}

/** The kernel `[9 inputs, outputs]`, taps slowest, of a layer. */
function kernelOf(state: Float32Array, channels: number, [inputs, outputs]: [number, number]) {
  const kernel = new Float32Array(9 * inputs * outputs);
  for (let input = 0; input < inputs; input++) {
    const [firstInput, countInputs] = binOf(input, inputs, channels);
    for (let output = 0; output < outputs; output++) {
      const [firstOutput, countOutputs] = binOf(output, outputs, channels);
      for (let tap = 0; tap < 9; tap++) {
        let sum = 0;
        for (let from = firstInput; from < firstInput + countInputs; from++) {
          for (let to = firstOutput; to < firstOutput + countOutputs; to++) {
            sum += state[(from * 9 + tap) * channels + to]!;
          }
        }
        kernel[(tap * inputs + input) * outputs + output] = sum / (countInputs * countOutputs);
      }
    }
  }
  return kernel;
}

/** The kernels of the other halves of mirror pairs beside those of the first: `[9 inputs, 2 half]`, taps slowest. */
function completePairs(first: Float32Array, [inputs, half]: [number, number]): Float32Array {
  const turn = inputs === 3 ? 0 : inputs / 2;
  const kernel = new Float32Array(9 * inputs * 2 * half);
  for (let tap = 0; tap < 9; tap++) {
    const mirrored = tap + 2 - 2 * (tap % 3);
    for (let input = 0; input < inputs; input++) {
      const other = mirrored * inputs + (input + turn) % inputs;
      const target = (tap * inputs + input) * 2 * half;
      kernel.set(first.subarray(target / 2, target / 2 + half), target);
      kernel.set(first.subarray(other * half, (other + 1) * half), target + half);
    }
  }
  return kernel;
}

/** Feature maps of one image, `[side, side, channels]`. */
interface Maps {
  readonly side: number;
  readonly channels: number;
  readonly values: Float32Array;
}

/** The 3x3 neighbourhoods of all pixels, zero outside: `[side * side, 9 channels]`, taps slowest. */
function neighbourhoods({ side, channels, values }: Maps): Float32Array {
  const rows = new Float32Array(side * side * 9 * channels);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      for (let tap = 0; tap < 9; tap++) {
        const [row, column] = [y + Math.floor(tap / 3) - 1, x + tap % 3 - 1];
        if (row < 0 || row >= side || column < 0 || column >= side) continue;
        const source = (row * side + column) * channels;
        rows.set(
          values.subarray(source, source + channels),
          ((y * side + x) * 9 + tap) * channels,
        );
      }
    }
  }
  return rows;
}

function maxPool({ side, channels, values }: Maps): Maps {
  const half = side / 2;
  const pooled = new Float32Array(half * half * channels).fill(-Infinity);
  for (let at = 0; at < values.length; at++) {
    const [pixel, channel] = [Math.floor(at / channels), at % channels];
    const [y, x] = [Math.floor(pixel / side), pixel % side];
    const target = (Math.floor(y / 2) * half + Math.floor(x / 2)) * channels + channel;
    pooled[target] = Math.max(pooled[target]!, values[at]!);
  }
  return { side: half, channels, values: pooled };
}

/** One convolution with its batch norm, shortcut and ReLU. */
async function layer(
  model: RecipeModel,
  maps: Maps,
  step: { kernel: Float32Array; name: string; level: number; outputs: number },
): Promise<Maps> {
  const { kernel, name, level, outputs } = step;
  const part = (key: string) => model.tensors.get(key)!.values;
  const values = await multiply(neighbourhoods(maps), kernel, 9 * maps.channels);
  const [scale, offset] = [part(`norms.${name}.scale`), part(`norms.${name}.offset`)];
  const mean = part(`level${level}.${name}.mean`);
  const variance = part(`level${level}.${name}.variance`);
  for (let at = 0; at < values.length; at++) {
    const channel = at % scale.length;
    const normed = (values[at]! - mean[channel]!) / Math.sqrt(variance[channel]! + 1e-5);
    const shortcut = maps.channels === outputs ? maps.values[at]! : 0;
    values[at] = Math.max(normed * scale[channel]! + offset[channel]! + shortcut, 0);
  }
  return { side: maps.side, channels: outputs, values };
}

/** Complexity, depth and logits of a 32 x 32 image, `[32, 32, 3]`. */
export async function classifyByRecipe(
  model: RecipeModel,
  pixels: Uint8Array,
  side: number = 32,
): Promise<{ complexity: number; depth: number; logits: number[] }> {
  const channels = Math.sqrt(model.initialState.length / 9);
  const complexity = measureComplexity(pixels, side);
  const depth = Math.min(Math.max(Math.floor(0.8 * complexity + 0.5), 6), 12);
  let state = model.initialState.map((value) => value * (depth / 0.8 / 12.5));
  const start = Float32Array.from(
    pixels,
    (byte, at) => (byte / 255 - model.mean[at % 3]!) / model.deviation[at % 3]!,
  );
  let maps: Maps = { side, channels: 3, values: start };
  for (let stage = 1; stage <= 4; stage++) {
    const outputs = channels / [8, 4, 2, 1][stage - 1]!;
    const count = Math.floor(stage * depth / 4) - Math.floor((stage - 1) * depth / 4);
    for (let position = 1; position <= count; position++) {
      const rate = await rateOf(model, state);
      state = state.map((value, at) => value + rate[at]! / depth);
      if (position === 1 && stage > 1) maps = maxPool(maps);
      const stored: [number, number] = [maps.channels, model.hasPairs ? outputs / 2 : outputs];
      const generated = kernelOf(state, channels, stored);
      const kernel = model.hasPairs ? completePairs(generated, stored) : generated;
      const name = `stage${stage}.conv${position}`;
      maps = await layer(model, maps, { kernel, name, level: depth - 6, outputs });
    }
  }
  const weights = model.tensors.get("head.weights")!;
  const features = new Float32Array(weights.shape[0]!);
  for (const [at, value] of maps.values.entries()) {
    features[at % features.length]! += value / (maps.values.length / features.length);
  }
  const products = await multiply(features, weights.values, features.length);
  const bias = model.tensors.get("head.bias")!.values;
  return { complexity, depth, logits: [...products].map((value, at) => value + bias[at]!) };
}
