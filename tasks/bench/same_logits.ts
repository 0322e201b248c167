import * as tf from "@tensorflow/tfjs-core";
import { decodeSafetensors } from "../../lib/checkpoints/decode_safetensors.ts";
import { encodeSafetensors } from "../../lib/checkpoints/encode_safetensors.ts";
import { withTemporaryFolder } from "../../lib/files/with_temporary_folder.ts";
import { createClassifier } from "../../lib/models/create_classifier.ts";
import { CLASSES, DEPTH, logitsOf, modelConfig, randomImages } from "./bench_models.ts";
import type { SafeTensor } from "../../lib/checkpoints/safetensors_dtypes.ts";
import type { Classifier } from "../../lib/classifiers/classifier.ts";
import type { TorchReference } from "./torch_reference.ts";

/** Largest difference of a logit, with ours loaded into PyTorch and the other way. */
export interface LogitDifferences {
  /** Our weights and images in PyTorch. */
  readonly oursInTorch: number;
  /** PyTorch's weights and images here. */
  readonly torchInOurs: number;
  /** Largest logit by amount, to judge the differences by. */
  readonly largestLogit: number;
}

/** A puppet whose initial state is a parameter, so that the file holds it. */
function puppetWithState(channels: number): Classifier {
  const config = modelConfig({
    ...{ name: "puppet-cnn", maxChannels: channels, fixedDepth: DEPTH, initialState: "learned" },
    ...{ depthAdaptation: false, parameterAdaptation: false },
  });
  return createClassifier(config, { classes: CLASSES, seed: 1 });
}

function tensorOf(shape: readonly number[], values: Float32Array): SafeTensor {
  return { dtype: "F32", shape: [...shape], data: values };
}

async function readTensors(file: string): Promise<ReadonlyMap<string, SafeTensor>> {
  return decodeSafetensors(await Deno.readFile(file), file).tensors;
}

function largestDifference(left: Float32Array, right: Float32Array): number {
  return left.reduce(
    (largest, value, index) => Math.max(largest, Math.abs(value - right[index]!)),
    0,
  );
}

/** Moves weights by safetensors in both directions and compares the logits of training mode. */
export function compareLogits(
  torch: TorchReference,
  channels: number,
): Promise<LogitDifferences> {
  return withTemporaryFolder((folder) => compareThrough(folder, torch, channels));
}

async function compareThrough(
  folder: string,
  torch: TorchReference,
  channels: number,
): Promise<LogitDifferences> {
  const classifier = puppetWithState(channels);
  const images = randomImages(16);
  try {
    const norms = classifier.parameters.names.filter((name) => /^norms\..*\.scale$/.test(name))
      .map((name) => name.replace(/\.scale$/, ""));
    const [weights, answer] = [`${folder}/weights.safetensors`, `${folder}/logits.safetensors`];
    const tensors = new Map<string, SafeTensor>();
    for (const [name, { shape, values }] of await classifier.parameters.read()) {
      tensors.set(name, tensorOf(shape, values));
    }
    tensors.set("images", tensorOf(images.shape, Float32Array.from(await images.data())));
    await Deno.writeFile(weights, encodeSafetensors(tensors));
    const ours = await logitsOf(classifier, images);
    const prepared = { channels, depth: DEPTH, batch: 16, threads: 2 };
    await torch.ask({ do: "prepare", ...prepared });
    await torch.ask({ do: "load", path: weights, trained: norms });
    await torch.ask({ do: "logits", path: answer });
    const theirs = (await readTensors(answer)).get("logits")!.data as Float32Array;

    await torch.ask({ do: "prepare", ...prepared, seed: 2 });
    await torch.ask({ do: "save", path: weights, trained: norms });
    await torch.ask({ do: "logits", path: answer });
    const saved = new Map(await readTensors(weights));
    const pixels = saved.get("images")!;
    saved.delete("images");
    classifier.parameters.write(
      new Map(
        [...saved].map((
          [name, { shape, data }],
        ) => [name, { shape, values: data as Float32Array }]),
      ),
    );
    const given = tf.tensor4d(pixels.data as Float32Array, [16, 32, 32, 3]);
    const here = await logitsOf(classifier, given);
    given.dispose();
    const there = (await readTensors(answer)).get("logits")!.data as Float32Array;
    return {
      oursInTorch: largestDifference(ours, theirs),
      torchInOurs: largestDifference(here, there),
      largestLogit: Math.max(...[...ours, ...here].map(Math.abs)),
    };
  } finally {
    images.dispose();
    classifier.dispose();
  }
}
