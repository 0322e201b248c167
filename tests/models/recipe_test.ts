import assert from "node:assert/strict";
import { join } from "node:path";
import { encode } from "fast-png";
import { loadModel, train } from "../../lib/mod.ts";
import { classifyByRecipe, makeInitialState, readRecipeModel } from "../helpers/model_recipe.ts";
import { repositoryRoot, runCommand } from "../helpers/run_command.ts";
import { withBackend } from "../helpers/backends.ts";
import { withFolder } from "../helpers/with_folder.ts";

const MODEL = join(repositoryRoot, "models", "puppet-cnn-cifar10");

/** A soft sphere, which is simple, and the same under noise of a height, which is not. */
function drawImage(height: number): Uint8Array {
  return Uint8Array.from({ length: 32 * 32 * 3 }, (_, at) => {
    const [pixel, channel] = [Math.floor(at / 3), at % 3];
    const [x, y] = [pixel % 32, Math.floor(pixel / 32)];
    const inside = Math.hypot(x - 15, y - 17) < 9;
    const shade = inside ? 180 - 6 * Math.floor(Math.hypot(x - 12, y - 13) / 2) : 60;
    const mixed = Math.imul(at + 1, 0x9e3779b1);
    const noise = (Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 0) / 2 ** 32;
    return (shade + 10 * channel) * (1 - height) + 255 * height * noise;
  });
}

interface Prediction {
  readonly complexity: number;
  readonly depth: number;
  readonly classes: readonly { readonly className: string; readonly probability: number }[];
}

async function predict(images: readonly string[]): Promise<Prediction[]> {
  const { code, stdout, stderr } = await runCommand(
    ["predict", MODEL, ...images, "--top", "10", "--json", "--backend", "wasm"],
  );
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

const IMAGES = [drawImage(0), drawImage(0.9)];

/** Compares predictions of `IMAGES` with what the recipe makes of a model's files. */
async function requireRecipe(folder: string, predictions: readonly Prediction[]): Promise<void> {
  const model = await readRecipeModel(folder);
  assert.deepEqual(predictions.map(({ depth }) => depth), [6, 12]);
  for (const [at, prediction] of predictions.entries()) {
    const { complexity, depth, logits } = await classifyByRecipe(model, IMAGES[at]!);
    assert.ok(Math.abs(complexity - prediction.complexity) < 1e-9);
    assert.equal(depth, prediction.depth);
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    for (const { className, probability } of prediction.classes) {
      const logit = logits[model.classNames.indexOf(className)]!;
      // The difference of the logarithms is that of the logits.
      const difference = Math.abs(logit - Math.log(total) - Math.log(probability));
      assert.ok(difference < 2e-4, `${className}: ${difference}`);
    }
  }
}

Deno.test("docs/model.md is enough to compute the shipped model's logits", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const files = IMAGES.map((_, at) => join(folder, `${at}.png`));
      for (const [at, data] of IMAGES.entries()) {
        await Deno.writeFile(files[at]!, encode({ width: 32, height: 32, data, channels: 3 }));
      }
      await requireRecipe(MODEL, await predict(files));
    })));

Deno.test("docs/model.md is enough to compute the logits of a model whose E is small", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const run = await train({
        ...{ run: join(folder, "run"), data: { dataset: "synthetic", images: 40 } },
        model: { maxChannels: 16, initialStateSize: 0.125, identityShortcuts: true },
        training: { epochs: 1, batchSize: 8, optimizer: "muon", statisticsImages: 8 },
      });
      using model = await loadModel(run);
      const pictures = IMAGES.map((pixels) => ({ pixels, height: 32, width: 32 }));
      await requireRecipe(run.runDirectory, await model.classify(pictures, { topK: 10 }));
    })));

Deno.test("the numbers of E that docs/model.md prints are its first", async () => {
  const text = await Deno.readTextFile(join(repositoryRoot, "docs", "model.md"));
  const page = text.replaceAll(/\s+/g, " ");
  const printed = /first four numbers of E are ((?:-?\d\.\d+\D{1,6}){4})/.exec(page)![1]!;
  const numbers = printed.match(/-?\d\.\d+/g)!.map(Number);
  assert.deepEqual([...makeInitialState(2)].slice(0, 4).map((value) => +value.toFixed(6)), numbers);
});
