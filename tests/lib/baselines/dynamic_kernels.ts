import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { classifierHead, convolution } from "../../../lib/architectures/layer.ts";
import { convolvePerSample } from "../../../lib/baselines/per_sample_convolution.ts";
import { createClassifier } from "../../../lib/models/create_classifier.ts";
import { modelEntry } from "../../../lib/models/model_registry.ts";
import { ComplexityLevels } from "../../../lib/puppeteer/complexity_levels.ts";
import { RandomStream } from "../../../lib/randomness/random_stream.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { largestDifference, normalTensor, take } from "../../helpers/tensors.ts";
import { TINY_MODEL } from "../../helpers/tiny_training.ts";
import type { ConvolutionLayer, Layer } from "../../../lib/architectures/layer.ts";
import type {
  DynamicKernelClassifier,
  DynamicKernelOptions,
} from "../../../lib/baselines/dynamic_kernel_classifier.ts";
import type { ModelName } from "../../../lib/models/model_names.ts";

/** Makes a model. */
export type CreateModel = (options: DynamicKernelOptions) => DynamicKernelClassifier;

/** One level: these models do not look at complexity. */
export const ONE_LEVEL: ComplexityLevels = new ComplexityLevels({
  stepsPerBit: 0.8,
  minSteps: 6,
  maxSteps: 12,
  depthAdaptation: false,
  parameterAdaptation: false,
  fixedDepth: 10,
  levelsPerDepth: 1,
  referenceComplexity: 12.5,
  complexityOffset: 0,
});

/** What a tiny model is made with; the layers are the test's. */
export const TINY_OPTIONS = { classes: 3, seed: 1, levels: ONE_LEVEL } as const;

/** A network with what the baselines have: pooling, strides, a shortcut, bias or norm. */
export function tinyLayers(changes: Partial<ConvolutionLayer> = {}): Layer[] {
  const shape = { kernelSize: 3, inputChannels: 4, outputChannels: 6 };
  return [
    convolution("stem", { ...shape, inputChannels: 3, outputChannels: 4 }, changes),
    { kind: "max-pool", size: 2, stride: 2 },
    {
      kind: "residual",
      body: [
        convolution("block.conv1", shape, { ...changes, stride: 2 }),
        convolution("block.conv2", { ...shape, inputChannels: 6 }, changes),
      ],
      shortcut: [
        convolution("block.shortcut", { ...shape, kernelSize: 1 }, { stride: 2, norm: false }),
      ],
      activation: "relu",
    },
    ...classifierHead([6, 3]),
  ];
}

/** The layer with stride 2 of `tinyLayers`, without bias and norm. */
export const STRIDED_LAYER: ConvolutionLayer = convolution(
  "block.conv1",
  { kernelSize: 3, inputChannels: 4, outputChannels: 6 },
  { stride: 2 },
);

/**
 * Counts the parameters of a model of full size. Initial values do not matter for that, and drawing 75 million of them
 * takes many seconds: they are not drawn.
 */
async function countOf(name: ModelName, classes: number): Promise<number> {
  const { nextFloat } = RandomStream.prototype;
  RandomStream.prototype.nextFloat = () => 0.5;
  try {
    return await withBackend("cpu", () => {
      const classifier = createClassifier({ ...TINY_MODEL, name }, { classes, seed: 1 });
      const count = classifier.parameters.count();
      classifier.dispose();
      return count;
    });
  } finally {
    RandomStream.prototype.nextFloat = nextFloat;
  }
}

/** Registers the tests of a model's size: the published one in MB, and the parameters for 10 classes. */
export function testSize(name: ModelName, parameters: number): void {
  for (const [classes, expected] of [[10, parameters], [100, parameters + 90 * 513]] as const) {
    Deno.test(`${name} has ${expected} parameters for ${classes} classes`, async () => {
      assert.equal(await countOf(name, classes), expected);
    });
  }

  Deno.test(`${name} has the published size`, () => {
    assert.equal(Number((parameters * 4 / 1e6).toFixed(2)), modelEntry(name).paperMegabytes[10]);
  });
}

/** Values of a tensor with the positions of its axes: `at(1, 2)` is row 1, column 2. */
export interface Values {
  /** One number. */
  at(...position: number[]): number;
}

async function valuesOf(tensor: tf.Tensor): Promise<Values> {
  const values = await tensor.data();
  return {
    at: (...position) =>
      values[position.reduce((index, part, axis) => index * tensor.shape[axis]! + part, 0)]!,
  };
}

/** What a naive generator of kernels is given. */
export interface NaiveInputs {
  /** Mean of every channel, `[batch, in]`. */
  readonly means: Values;
  /** A parameter by the last part of its name. */
  readonly parameter: (part: string) => Values;
}

/** One number of the kernel of image b: tap (i, j), input channel c, output channel o. */
export type NaiveKernel = (b: number, i: number, j: number, c: number, o: number) => number;

/** Registers the tests of a model's generator against a definition in plain numbers. */
export async function testGeneration(
  name: string,
  create: CreateModel,
  options: {
    readonly naive: (inputs: NaiveInputs) => NaiveKernel;
    /** Adds to the convolution what else the model computes there. */
    readonly beside?: (classifier: DynamicKernelClassifier, input: tf.Tensor4D) => tf.Tensor4D;
  },
): Promise<void> {
  const layer = STRIDED_LAYER;
  for (const backend of await testBackends()) {
    Deno.test(`${name} generates a kernel for every image by itself (${backend})`, () =>
      withBackend(backend, async () => {
        const classifier = create({ ...TINY_OPTIONS, layers: tinyLayers() });
        const input = normalTensor<tf.Tensor4D>([3, 5, 7, 4], "map");
        const averages = tf.mean(input, [1, 2]);
        const parameters = new Map<string, Values>();
        const prefix = `generators.${layer.name}.`;
        for (const [full, variable] of classifier.parameters.entries) {
          if (!full.startsWith(prefix)) continue;
          parameters.set(full.slice(prefix.length), await valuesOf(variable));
        }
        const kernelAt = options.naive({
          means: await valuesOf(averages),
          parameter: (part) => parameters.get(part)!,
        });
        const expected = [0, 1, 2].flatMap((b) =>
          indices(3, 3, 4, 6).map(([i, j, c, o]) => kernelAt(b, i!, j!, c!, o!))
        );
        const kernels = tf.tidy(() => classifier.generator.kernels(layer, input));
        assert.deepEqual(kernels.shape, [3, 3, 3, 4, 6]);
        assert.ok(largestDifference(await take(kernels), expected) < 1e-5);
        tf.dispose([input, averages]);
        classifier.dispose();
      }));

    Deno.test(`${name} convolves every image with its kernel (${backend})`, () =>
      withBackend(backend, async () => {
        const classifier = create({ ...TINY_OPTIONS, layers: tinyLayers() });
        const { generator } = classifier;
        const input = normalTensor<tf.Tensor4D>([3, 5, 7, 4], "map");
        const expected = tf.tidy(() => {
          const output = convolvePerSample(input, generator.kernels(layer, input), layer.stride);
          return options.beside === undefined
            ? output
            : tf.add(output, options.beside(classifier, input));
        });
        const found = tf.tidy(() => generator.convolve(layer, input));
        assert.deepEqual(found.shape, [3, 3, 4, 6]);
        assert.ok(largestDifference(await take(found), await take(expected)) < 1e-5);
        input.dispose();
        classifier.dispose();
      }));
  }
}

/** All positions of an array of these lengths, row by row. */
function indices(...lengths: number[]): number[][] {
  return lengths.reduce<number[][]>(
    (positions, length) =>
      positions.flatMap((position) => Array.from({ length }, (_, index) => [...position, index])),
    [[]],
  );
}
