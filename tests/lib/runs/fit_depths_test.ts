import assert from "node:assert/strict";
import { parseConfig } from "../../../lib/configuration/parse_config.ts";
import { loadTrained } from "../../../lib/runs/load_trained.ts";
import { readRunConfig } from "../../../lib/runs/run_config_file.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { runPart } from "../../../lib/reports/parts/run_part.ts";
import { collectRunReport } from "../../../lib/reports/collect_run_report.ts";
import { withBackend } from "../../helpers/backends.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import { asksForFit, describeFit, fitDepths, fitOf } from "../../../lib/runs/fit_depths.ts";

const COMPLEXITIES = Float64Array.from({ length: 100 }, (_, at) => 16 + at / 50);

Deno.test("fitDepths() is asked for by folders whose rule nobody gave, and by nothing else", () => {
  const asks = (text: string) => asksForFit(parseConfig(text));
  assert.ok(asks("data: { dataset: folder }"));
  assert.ok(asks("training: { fitDepths: true }"));
  assert.ok(!asks(""));
  assert.ok(!asks("data: { dataset: cifar100 }"));
  assert.ok(!asks("{ data: { dataset: folder }, model: { stepsPerBit: 0.7 } }"));
  assert.ok(!asks("{ data: { dataset: folder }, model: { complexityOffset: 1 } }"));
  assert.ok(!asks("{ data: { dataset: folder }, training: { fitDepths: false } }"));
  // The initial state follows the image by the same levels.
  assert.ok(asks("{ data: { dataset: folder }, model: { depthAdaptation: false } }"));
  assert.ok(asks("{ data: { dataset: folder }, model: { name: puppet-alexnet } }"));
  const neither = "depthAdaptation: false, parameterAdaptation: false";
  assert.ok(!asks(`{ data: { dataset: folder }, model: { ${neither} } }`));
  assert.ok(!asks("{ data: { dataset: folder }, model: { name: fixed-cnn } }"));
});

Deno.test("fitDepths() puts what it fitted into the model, once, and says so", () => {
  const given = parseConfig("data: { dataset: folder }");
  const { config, fit } = fitDepths(given, COMPLEXITIES);
  assert.ok(fit !== null);
  assert.deepEqual(
    [config.model.stepsPerBit, config.model.complexityOffset, config.model.referenceComplexity],
    [fit.stepsPerBit, fit.complexityOffset, fit.referenceComplexity],
  );
  assert.match(
    describeFit(fit),
    /100 % of the training images would be of one level \(that of N = 12\); levels fitted to them: kappa 3\.\d+, .*5 % at 16\.10, 50 % at 17\.00, 95 % at 17\.88 /,
  );
  assert.deepEqual(fitDepths(config, COMPLEXITIES), { config, fit: null });
  // What a run without a checkpoint is told again when it is resumed.
  assert.deepEqual(fitOf(config, COMPLEXITIES), fit);
  assert.equal(fitOf(given, COMPLEXITIES), null);
  const cifar = parseConfig("");
  assert.deepEqual(fitDepths(cifar, COMPLEXITIES), { config: cifar, fit: null });
});

Deno.test("a run keeps in its checkpoints how its depths were fitted, also when it is resumed, and reports it", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const runDirectory = `${folder}/run`;
      const options = { runDirectory, resume: false, provenance: TEST_PROVENANCE };
      // Nearly all images would have the most layers.
      const config = tinyRunConfig({
        model: { stepsPerBit: 5 },
        training: { fitDepths: true, epochs: 1, stepsPerEpoch: 1 },
      });
      await runTraining(config, options);
      const keptFit = async () => {
        const { card, config, trained } = await loadTrained({ runDirectory, checkpoint: "last" });
        trained.classifier.dispose();
        assert.equal(config.model.stepsPerBit, card.depthFit?.stepsPerBit);
        return card.depthFit!;
      };
      const fit = await keptFit();
      assert.equal(fit.depthBefore, 12);
      const { low, median, high } = fit.quantiles;
      assert.ok(low < median && median < high, `${low} ${median} ${high}`);
      const { model } = await readRunConfig(runDirectory);
      const longer = { ...config, model, training: { ...config.training, epochs: 2 } };
      await runTraining(longer, { ...options, resume: true });
      assert.deepEqual(await keptFit(), fit);
      const report = await collectRunReport({
        ...{ runDirectory, checkpoint: "last", evaluate: false, evaluation: null },
        ...{ testImages: null, pictures: false },
      });
      const facts = runPart(report).sections.flatMap(({ blocks }) => blocks)
        .flatMap((block) => block.kind === "facts" ? block.facts : []);
      const found = facts.find(({ name }) => name === "steps of a level");
      assert.match(
        found!.cell.text,
        new RegExp(`round\\(${fit.stepsPerBit} \\(H [-+] .*held in 6\\.\\.12`),
      );
      assert.match(
        found!.note!,
        /fitted to the training images: .* would have been of one level \(that of N = 12\)/,
      );
    })));
