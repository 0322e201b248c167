import assert from "node:assert/strict";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { computeLevelStatistics } from "../../../lib/classifiers/compute_level_statistics.ts";
import { loadCifar10 } from "../../../lib/datasets/cifar10.ts";
import { prepareImage } from "../../../lib/datasets/prepare_image.ts";
import { complexityMeasure } from "../../../lib/complexity/measure_registry.ts";
import { inferRouted, routeImages } from "../../../lib/evaluation/routed_images.ts";
import { decodeSafetensors } from "../../../lib/checkpoints/decode_safetensors.ts";
import { bakeNetwork, describeModel, requireBakeable } from "../../../lib/exports/baked_model.ts";
import { networkFormat, networkFormatNames } from "../../../lib/exports/network_format.ts";
import { createClassifier } from "../../../lib/models/create_classifier.ts";
import { modelNames } from "../../../lib/models/model_names.ts";
import { modelEntry } from "../../../lib/models/model_registry.ts";
import { loadTrained } from "../../../lib/runs/load_trained.ts";
import { withBackend } from "../../helpers/backends.ts";
import { repositoryRoot } from "../../helpers/run_command.ts";
import { runtimesFolder, testWithRuntimes } from "../../helpers/runtimes.ts";
import { sharedDataDirectory } from "../../helpers/shared_data.ts";
import { normalTensor } from "../../helpers/tensors.ts";
import { TINY_MODEL } from "../../helpers/tiny_training.ts";
import type { TrainedClassifier } from "../../../lib/evaluation/trained_classifier.ts";
import type { NetworkFormatName, Probe } from "../../../lib/exports/network_format.ts";
import type { ModelName } from "../../../lib/models/model_names.ts";
import type { ModelCard } from "../../../lib/training/checkpoint_card.ts";

/** Largest difference from our own logits that an export may have, in units of the largest one or of 1. */
const TOLERANCE = 1e-4;

const OPTIONS = { producerVersion: "test", runtimeFolder: runtimesFolder };

const SIDE = 32;

/** Real images: of CIFAR-10 where it is there, else the photographs of the fixtures. */
async function realImages(): Promise<Probe> {
  const shape = [3, SIDE, SIDE, 3] as const;
  if (sharedDataDirectory !== null) {
    const { test } = await loadCifar10(sharedDataDirectory);
    return { pixels: await test.read([0, 41, 999]), shape };
  }
  const pixels = new Uint8Array(3 * SIDE * SIDE * 3);
  for (const [index, name] of ["rgb.jpg", "subsampled.jpg", "progressive.jpg"].entries()) {
    const file = join(repositoryRoot, "tests", "fixtures", "images", name);
    const image = await prepareImage(await Deno.readFile(file), { file, size: SIDE });
    pixels.set(image, index * image.length);
  }
  return { pixels, shape };
}

async function ourLogits(
  trained: TrainedClassifier,
  { pixels, shape }: Probe,
  level: number,
): Promise<Float32Array> {
  const [batch, height, width] = shape;
  const images = routeImages(trained, { pixels, height, width }, { level });
  const statistics = new Map([[level, trained.statistics.get(level)!]]);
  const network = await trained.classifier.prepare(statistics, { image: images, exact: false });
  try {
    const positions = Array.from({ length: batch }, (_, index) => index);
    const { rows } = await inferRouted(images, { trained, network, positions, level });
    return Float32Array.from(rows.flatMap((row) => [...row]));
  } finally {
    network.dispose();
  }
}

function assertSameLogits(found: Float32Array, expected: Float32Array, what: string): void {
  assert.equal(found.length, expected.length, what);
  // Logits of a trained model are of size ten; those of a made-up one without norms can be of size 1000.
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const tolerance = largest < 50 ? TOLERANCE : TOLERANCE * largest;
  for (const [at, value] of expected.entries()) {
    assert.ok(Math.abs(value - found[at]!) < tolerance, `${what}: ${found[at]} for ${value}`);
  }
}

/** Writes every level in every format, and all levels in one file, and compares what their programs say with ours. */
async function assertExports(
  trained: TrainedClassifier,
  card: ModelCard,
  probe: Probe,
): Promise<void> {
  const model = describeModel(trained, card);
  const formats = networkFormatNames.map((name) => ({ name, ...networkFormat(name, OPTIONS) }));
  const networks = [];
  const expected: Float32Array[] = [];
  for (const { index: level } of model.levels) {
    const network = await bakeNetwork(trained, { level, image: card.image });
    networks.push(network);
    expected.push(await ourLogits(trained, probe, level));
    for (const { name, write } of formats) {
      const { run } = write(model, network);
      const what = `${model.name} ${name} level ${level}`;
      assert.ok(run !== null, `${what} was not run`);
      assertSameLogits(await run(probe), expected[level]!, what);
    }
  }
  const adaptive = formats.find(({ writeAdaptive }) => writeAdaptive !== undefined)!;
  const { run } = adaptive.writeAdaptive!(model, networks);
  const image = probe.pixels.length / probe.shape[0];
  const one: Probe = { pixels: probe.pixels.subarray(0, image), shape: [1, SIDE, SIDE, 3] };
  const { levels } = trained.classifier;
  for (const { index, from } of model.levels.filter(({ index }) => index >= levels.levelOf(0))) {
    const logits = expected[index]!.subarray(0, model.classNames.length);
    assertSameLogits(await run!(one, from), logits, `${model.name} from ${from}`);
    if (from === 0) continue;
    // The largest complexity that belongs to the level below.
    const below = await run!(one, from * (1 - 2 ** -52));
    const before = expected[index - 1]!.subarray(0, model.classNames.length);
    assertSameLogits(below, before, `${model.name} below ${from}`);
  }
}

const CLASSES = ["a", "b", "c", "d"];

/** A small model of a kind, with statistics as training makes them. */
async function makeTrained(
  name: ModelName,
  changes: Partial<ModelCard["model"]> = {},
): Promise<[TrainedClassifier, ModelCard]> {
  const model = {
    ...TINY_MODEL,
    ...{ name, maxChannels: 16, minSteps: 4, maxSteps: 6 },
    mirrorSymmetry: name === "puppet-cnn",
    ...changes,
  };
  const classifier = createClassifier(model, { classes: CLASSES.length, seed: 3 });
  const images = normalTensor<tf.Tensor4D>([4, SIDE, SIDE, 3], "exports");
  const statistics = new Map();
  for (const level of classifier.levels.list) {
    const batches = (async function* () {
      yield await Promise.resolve({ images: images.clone(), levels: level });
    })();
    statistics.set(level.index, await computeLevelStatistics(classifier, batches));
  }
  images.dispose();
  const standardization = {
    mean: [0.5, 0.45, 0.4],
    deviation: [0.25, 0.2, 0.3],
  } as const;
  const measure = complexityMeasure(model.complexity);
  const card: ModelCard = {
    ...{ model, classNames: CLASSES, image: { height: SIDE, width: SIDE }, standardization },
    ...{ trainFingerprint: "", backend: "wasm" },
  };
  return [{ classifier, statistics, standardization, measure }, card];
}

for (const name of modelNames.filter((other) => modelEntry(other).kind !== "custom")) {
  testWithRuntimes(
    `every format gives the logits of ${name}, whatever its level`,
    () =>
      withBackend("wasm", async () => {
        const before = tf.memory().numTensors;
        const [trained, card] = await makeTrained(name);
        await assertExports(trained, card, await realImages());
        trained.classifier.dispose();
        assert.equal(tf.memory().numTensors, before);
      }),
  );
}

testWithRuntimes(
  "every format routes like a model whose first levels lie below the complexity of any image",
  () =>
    withBackend("wasm", async () => {
      const [trained, card] = await makeTrained("puppet-cnn", { complexityOffset: -9.9 });
      assert.ok(trained.classifier.levels.levelOf(0) > 0);
      await assertExports(trained, card, await realImages());
      trained.classifier.dispose();
    }),
);

testWithRuntimes(
  "every format gives the logits of the shipped model on real images",
  () =>
    withBackend("wasm", async () => {
      const { trained, card } = await loadTrained({
        runDirectory: join(repositoryRoot, "models", "puppet-cnn-cifar10"),
        checkpoint: "last",
      });
      await assertExports(trained, card, await realImages());
      trained.classifier.dispose();
    }),
);

Deno.test("requireBakeable() says why a model cannot be a list of layers", () => {
  for (const name of modelNames) {
    const { kind } = modelEntry(name);
    const model = { ...TINY_MODEL, name };
    const what = "as a page";
    if (kind !== "custom") requireBakeable(model, what);
    else {
      assert.throws(
        () => requireBakeable(model, what),
        /^UsageError: Cannot export \S+ as a page, .* every image/,
      );
    }
    const exact = { ...model, exact: true, parameterAdaptation: true };
    if (modelEntry(name).adapts.parameters) {
      assert.throws(() => requireBakeable(exact, what), /as a page, .*every image/);
      requireBakeable({ ...exact, parameterAdaptation: false }, what);
    } else if (kind !== "custom") requireBakeable(exact, what);
  }
});

Deno.test("bakeNetwork() and networkFormat() refuse a level and a format that there is not", () =>
  withBackend("cpu", async () => {
    const classifier = createClassifier(TINY_MODEL, { classes: 2, seed: 1 });
    const image = { height: SIDE, width: SIDE };
    const trained = { classifier, statistics: new Map() };
    const last = classifier.levels.list.length - 1;
    for (const level of [-1, last + 1, 0.5, NaN]) {
      await assert.rejects(bakeNetwork(trained, { level, image }), {
        name: "RangeError",
        message: new RegExp(`level must be one of 0\\.\\.${last}, current value is ${level}`),
      });
    }
    assert.throws(() => networkFormat("pt" as "onnx", OPTIONS), {
      name: "RangeError",
      message: /one of safetensors, onnx, tfjs, current value is pt/,
    });
    classifier.dispose();
  }));

Deno.test("every format names the classes in the order of the logits", () =>
  withBackend("wasm", async () => {
    const [trained, card] = await makeTrained("fixed-cnn");
    const model = describeModel(trained, card);
    const network = await bakeNetwork(trained, { level: 0, image: card.image });
    trained.classifier.dispose();
    const contentOf = (name: NetworkFormatName) =>
      [...networkFormat(name, OPTIONS).write(model, network).files.values()][0]!;
    const { metadata } = decodeSafetensors(contentOf("safetensors"), "test");
    assert.deepEqual(JSON.parse(metadata.get("classes")!), CLASSES);
    const topology = JSON.parse(new TextDecoder().decode(contentOf("tfjs")));
    assert.deepEqual(topology.userDefinedMetadata.classes, CLASSES);
    // A key and its value, each behind its field and its length.
    const onnx = new TextDecoder("latin1").decode(contentOf("onnx"));
    const classes = JSON.stringify(CLASSES);
    assert.ok(onnx.includes(`classes\x12${String.fromCharCode(classes.length)}${classes}`));
  }));
