import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { sizeAfter } from "../../../lib/architectures/count_layers.ts";
import { classifierHead, convolution, splitAtHead } from "../../../lib/architectures/layer.ts";
import { mobilenetV1Architecture } from "../../../lib/architectures/mobilenet_v1.ts";
import { squeezenetArchitecture } from "../../../lib/architectures/squeezenet.ts";
import { activate, runHead, runLayers, runSpatialLayers } from "../../../lib/layers/run_layers.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { largestDifference, normalTensor, take } from "../../helpers/tensors.ts";
import type { ConvolutionLayer, Layer } from "../../../lib/architectures/layer.ts";
import type { LayerOperations } from "../../../lib/layers/run_layers.ts";

const SHAPE = { kernelSize: 1, inputChannels: 1, outputChannels: 1 };

/** A convolution that only adds the number in its name. */
function add(name: string, changes: Partial<ConvolutionLayer> = {}): ConvolutionLayer {
  return convolution(name, SHAPE, { activation: "none", ...changes });
}

const ADDING: LayerOperations = {
  convolve: (layer, input) => tf.add(input, Number(layer.name)),
  linear: (_, input) => tf.mul(input, 10),
};

const POOL = { kind: "max-pool", size: 2, stride: 2 } as const;

/** Runs layers on one pixel. */
async function runOn(value: number, layers: Layer[]): Promise<number[]> {
  const output = tf.tidy(() =>
    runSpatialLayers(layers, tf.tensor4d([value], [1, 1, 1, 1]), ADDING)
  );
  return [...await take(output)];
}

for (const backend of await testBackends()) {
  Deno.test(`activate() is the identity, ReLU or ReLU6 (${backend})`, () =>
    withBackend(backend, async () => {
      const results = [];
      for (const activation of ["none", "relu", "relu6"] as const) {
        const output = tf.tidy(() => activate(tf.tensor1d([-2, 3, 9]), activation).clone());
        results.push([...await take(output)]);
      }
      assert.deepEqual(results, [[-2, 3, 9], [0, 3, 9], [0, 3, 6]]);
    }));

  Deno.test(`runSpatialLayers() adds body and shortcut, then applies the activation (${backend})`, () =>
    withBackend(backend, async () => {
      const block = (shortcut: Layer[], activation: "relu" | "none"): Layer => ({
        kind: "residual",
        body: [add("2"), add("-9")],
        shortcut,
        activation,
      });
      assert.deepEqual(await runOn(1, [block([], "none")]), [-6 + 1]);
      assert.deepEqual(await runOn(1, [block([], "relu")]), [0]);
      assert.deepEqual(await runOn(1, [block([add("20")], "relu")]), [-6 + 21]);
    }));

  Deno.test(`runSpatialLayers() gives every branch the same input and joins the channels (${backend})`, () =>
    withBackend(backend, async () => {
      const joined: Layer = {
        kind: "concatenation",
        branches: [[add("1")], [add("-5", { activation: "relu" })], []],
      };
      assert.deepEqual(await runOn(3, [joined]), [4, 0, 3]);
    }));

  Deno.test(`runSpatialLayers() drops the odd rest in pooling (${backend})`, () =>
    withBackend(backend, async () => {
      const input = tf.tensor4d(Float32Array.from({ length: 25 }, (_, index) => index), [
        1,
        5,
        5,
        1,
      ]);
      const output = tf.tidy(() => runSpatialLayers([POOL], input, ADDING));
      assert.deepEqual(output.shape, [1, 2, 2, 1]);
      assert.deepEqual([...await take(output)], [6, 8, 16, 18]);
      input.dispose();
    }));

  for (const activation of ["relu", "relu6"] as const) {
    Deno.test(`runSpatialLayers() pools before ${activation} without a bit of difference (${backend})`, () =>
      withBackend(backend, async () => {
        const body = [add("0.5")];
        const chains: Layer[] = [
          add("0.5", { activation }),
          { kind: "residual", body, shortcut: [], activation },
        ];
        const input = tf.tidy(() => tf.mul<tf.Tensor4D>(normalTensor([2, 6, 6, 3], "pool"), 5));
        const weights = normalTensor([2, 3, 3, 3], "pool-weights");
        for (const layer of chains) {
          const pooled = (x: tf.Tensor) =>
            runSpatialLayers([layer, POOL], x as tf.Tensor4D, ADDING);
          const inOrder = (x: tf.Tensor) =>
            tf.maxPool(runSpatialLayers([layer], x as tf.Tensor4D, ADDING), 2, 2, "valid");
          const results = [pooled, inOrder].map((run) =>
            tf.tidy(() => [
              run(input),
              tf.grad((x) => tf.sum(tf.mul(run(x), weights)))(input),
            ])
          );
          const [ours, reference] = await Promise.all(
            results.map((tensors) => Promise.all(tensors.map(take))),
          );
          assert.deepEqual(ours![0], reference![0]);
          assert.equal(largestDifference(ours![1]!, reference![1]!), 0);
          assert.ok(reference![1]!.some((value) => value !== 0));
        }
        tf.dispose([input, weights]);
      }));
  }
}

Deno.test("runHead() averages height and width, then runs the linear layers", () =>
  withBackend("cpu", async () => {
    const [, ...head] = [add("0"), ...classifierHead([2, 2, 2])];
    const features = tf.tensor4d([1, -2, 3, -4], [1, 1, 2, 2]);
    const output = tf.tidy(() => runHead(head, features, ADDING));
    // Means 2 and -3; ReLU stands between the two linear layers only.
    assert.deepEqual([...await take(output)], [200, 0]);
    features.dispose();
  }));

Deno.test("runLayers() has a place behind every layer but the last, and behind the only one", () =>
  withBackend("cpu", async () => {
    const images = tf.tensor4d([1], [1, 1, 1, 1]);
    const placesOf = async (body: Layer[]) => {
      const found: number[][] = [];
      const logits = tf.tidy(() =>
        runLayers([...body, ...classifierHead([1, 1])], images, {
          ...ADDING,
          between: (maps, place, places) => {
            found.push([place, places]);
            return tf.mul(maps, 2);
          },
        })
      );
      return { found, logits: [...await take(logits)] };
    };
    assert.deepEqual(await placesOf([add("1")]), { found: [[0, 1]], logits: [40] });
    assert.deepEqual(await placesOf([add("1"), add("2")]), { found: [[0, 1]], logits: [60] });
    const three = await placesOf([add("1"), add("2"), add("3")]);
    assert.deepEqual(three, { found: [[0, 2], [1, 2]], logits: [150] });
    images.dispose();
  }));

Deno.test("runSpatialLayers() refuses layers of vectors", () =>
  withBackend("cpu", () => {
    const input = tf.zeros<tf.Rank.R4>([1, 1, 1, 1]);
    const [, linear] = classifierHead([1, 2]);
    assert.throws(() => runSpatialLayers([linear!], input, ADDING), /linear layer on feature maps/);
    input.dispose();
  }));

Deno.test("runLayers() gives feature maps the sizes that sizeAfter() foretells", () =>
  withBackend("wasm", () => {
    for (const layers of [mobilenetV1Architecture(3), squeezenetArchitecture(3)]) {
      const images = normalTensor<tf.Tensor4D>([1, 33, 35, 3], "images");
      let size = { height: 33, width: 35 };
      tf.tidy(() => {
        let at = images;
        for (const layer of splitAtHead(layers).body) {
          at = runSpatialLayers([layer], at, {
            convolve: ({ stride, outputChannels }, { shape: [batch, height, width] }) =>
              tf.zeros([
                batch,
                Math.ceil(height / stride),
                Math.ceil(width / stride),
                outputChannels,
              ]),
            linear: (_, input) => input,
          });
          size = sizeAfter(layer, size);
          assert.deepEqual(at.shape.slice(1, 3), [size.height, size.width]);
        }
        const logits = runLayers(layers, images, {
          convolve: ({ stride, outputChannels }, { shape: [batch, height, width] }) =>
            tf.zeros([
              batch,
              Math.ceil(height / stride),
              Math.ceil(width / stride),
              outputChannels,
            ]),
          linear: ({ outputs }, { shape: [batch] }) => tf.zeros([batch, outputs]),
        });
        assert.deepEqual(logits.shape, [1, 3]);
      });
      images.dispose();
    }
  }));
