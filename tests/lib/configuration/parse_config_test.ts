import { complexityMeasure } from "../../../lib/complexity/measure_registry.ts";
import assert from "node:assert/strict";
import { findContradictions } from "../../../lib/configuration/config_rules.ts";
import fc from "fast-check";
import { configEntries } from "../../../lib/configuration/config_words.ts";
import { DERIVED_FROM, DERIVED_KEYS } from "../../../lib/configuration/derived_defaults.ts";
import { UsageError } from "../../../lib/errors.ts";
import { CONFIG_KEYS, defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import { formatConfig } from "../../../lib/configuration/format_config.ts";
import { parseConfig, type ParseConfigOptions } from "../../../lib/configuration/parse_config.ts";

function messageOf(text: string, options: ParseConfigOptions = {}): string {
  try {
    parseConfig(text, { source: "x.yaml", ...options });
  } catch (error) {
    assert.ok(error instanceof UsageError, `${error}`);
    return error.message;
  }
  throw new assert.AssertionError({ message: `${text} was accepted` });
}

Deno.test("parseConfig() fills an empty text with the defaults of the paper's protocol", () => {
  for (const text of ["", "{}", "data:\nmodel:\n", "# nothing\n"]) {
    assert.deepEqual(parseConfig(text), defaultConfig());
  }
  const { data, model, training, backend } = defaultConfig();
  assert.equal(data.images, 10_000);
  assert.equal(data.validationFraction, 0.2);
  assert.equal(model.maxChannels, 512);
  assert.equal(model.stepsPerBit, 0.8);
  assert.equal(training.batchSize, 64);
  assert.equal(training.learningRate, 1e-3);
  assert.equal(backend, "auto");
});

Deno.test("parseConfig() reads YAML and JSON alike", () => {
  const yaml = parseConfig("model:\n  maxChannels: 64\ntraining:\n  learningRate: 5e-4\n");
  const json = parseConfig('{"model": {"maxChannels": 64}, "training": {"learningRate": 5e-4}}');
  assert.deepEqual(yaml, json);
  assert.equal(yaml.model.maxChannels, 64);
  assert.equal(yaml.training.learningRate, 5e-4);
});

Deno.test("parseConfig() names the key that was probably meant", () => {
  const cases = [
    ["model: {maxChanels: 64}", "unknown key model.maxChanels; did you mean model.maxChannels?"],
    ["modle: {maxChannels: 64}", "unknown key modle; did you mean model?"],
    [
      "training: {batch-size: 3}",
      "unknown key training.batch-size; did you mean training.batchSize?",
    ],
    ["epochs: 3", "unknown key epochs; did you mean training.epochs?"],
    ["model: {epochs: 3}", "unknown key model.epochs; did you mean training.epochs?"],
    [
      "model: {solver: eulr}",
      'model.solver must be one of euler, midpoint, heun, rk4, current value is "eulr"; did you mean "euler"?',
    ],
    [
      "model: {solver: 7}",
      "model.solver must be one of euler, midpoint, heun, rk4, current value is 7",
    ],
    ["model.maxChannels: 64", "unknown key model.maxChannels; write it in its section"],
  ] as const;
  for (const [text, message] of cases) {
    assert.equal(messageOf(text), `Cannot use x.yaml: ${message}`);
  }
});

Deno.test("parseConfig() lists the known keys where it can guess nothing", () => {
  assert.match(messageOf("banana: 1"), /known keys: data, model, training, backend, math$/);
  assert.match(messageOf("data: {banana: 1}"), /known keys: dataset, directory, images/);
});

Deno.test("parseConfig() says path, current value and what is allowed", () => {
  const cases = [
    [
      "training: {batchSize: 0}",
      "training.batchSize must be a whole number in 1..65536, current value is 0",
    ],
    [
      'training: {epochs: "3"}',
      'training.epochs must be a whole number in 1..1000000, current value is "3"',
    ],
    [
      "training: {learningRate: .nan}",
      "training.learningRate must be a number above 0, up to 100, current value is NaN",
    ],
    [
      "data: {validationFraction: 1}",
      "data.validationFraction must be a number of at least 0 and below 1, current value is 1",
    ],
    ["model: {exact: yes}", 'model.exact must be true or false, current value is "yes"'],
    [
      "backend: cuda",
      'backend must be one of auto, tensorflow, webgpu, wasm, cpu, current value is "cuda"',
    ],
    ["model: 3", "model must hold keys, current value is 3"],
  ] as const;
  for (const [text, message] of cases) {
    assert.equal(messageOf(text), `Cannot use x.yaml: ${message}`);
  }
  assert.match(
    messageOf("model: {complexity: entropie}"),
    /must be one of entropy, spatial-entropy/,
  );
});

Deno.test("parseConfig() names every problem at once", () => {
  const message = messageOf("model: {maxChannels: 4, solver: rk5}\nbanana: 1");
  assert.equal(message.split("\n").length, 4);
});

Deno.test("parseConfig() refuses what is not YAML map", () => {
  assert.match(messageOf("[1, 2]"), /must hold the sections data, model, training/);
  assert.match(messageOf("a: [1"), /^Cannot read x\.yaml: .*line 1/);
  assert.match(
    messageOf("model: {}\nmodel: {}"),
    /^Cannot read x\.yaml: duplicated mapping key at line 2, column 1/,
  );
});

Deno.test("parseConfig() is not impressed by an alias bomb", () => {
  const rows = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"];
  for (const [last, next] of ["ab", "bc", "cd", "de", "ef", "fg"]) {
    rows.push(`${next}: &${next} [${Array(10).fill(`*${last}`).join(", ")}]`);
  }
  assert.match(messageOf(rows.join("\n")), /unknown key a/);
  // Of the value that it would unfold to, ten million numbers, only the beginning is shown.
  const message = messageOf([...rows, "model: {solver: *g}"].join("\n"));
  assert.match(message, /model\.solver must be one of .*, current value is \[\[\[/);
  assert.ok(message.length < 2000, `${message.length} characters`);
  assert.match(
    messageOf(`a: &a 1\nb: [${Array(101).fill("*a").join(", ")}]`),
    /^Cannot read x\.yaml: .*alias/,
  );
});

Deno.test("parseConfig() shows a list that holds itself without getting lost in it", () => {
  for (const text of ["&a [*a]\n", "model: &m {solver: *m}\n", "model: {maxChannels: &a [*a]}\n"]) {
    assert.throws(() => parseConfig(text), UsageError, text);
  }
});

Deno.test("parseConfig() lets no key of the input reach a prototype", () => {
  for (const key of ["__proto__", "constructor", "prototype", "toString"]) {
    assert.match(messageOf(`{"${key}": {"polluted": 1}}`), /unknown key/);
    assert.match(messageOf(`{"model": {"${key}": {"polluted": 1}}}`), /unknown key/);
    assert.match(
      messageOf("", { overrides: [{ path: `${key}.polluted`, value: 1 }] }),
      /unknown key/,
    );
    assert.match(messageOf("", { overrides: [{ path: `model.${key}`, value: 1 }] }), /unknown key/);
  }
  assert.equal((({}) as Record<string, unknown>).polluted, undefined);
});

Deno.test("parseConfig() lets overrides win, the last one of a path over the others", () => {
  const overrides = [{ path: "training.seed", value: 3 }, { path: "training.seed", value: 4 }];
  assert.equal(parseConfig("training: {seed: 2}", { overrides }).training.seed, 4);
});

Deno.test("parseConfig() spells a bad override as the person did", () => {
  const overrides = [{ path: "training.seed", value: -1, from: "--seed" }];
  assert.match(messageOf("", { overrides }), /training\.seed \(--seed\) must be/);
});

Deno.test("parseConfig() reads back whatever formatConfig() writes", () => {
  const any = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => text.isWellFormed());
  // Short words of what YAML gives a meaning to: "...", "-", "1e3", "0x1".
  const yaml = fc.string({ unit: fc.constantFrom(..."..-/01ex_~"), minLength: 1, maxLength: 4 });
  fc.assert(fc.property(
    fc.oneof(any, yaml),
    fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    fc.option(fc.integer({ min: 1, max: 1e6 })),
    (directory, validationFraction, images) => {
      const config = defaultConfig();
      const data = { ...config.data, directory, validationFraction, images };
      assert.deepEqual(parseConfig(formatConfig({ ...config, data })).data, data);
    },
  ));
});

Deno.test("findContradictions() finds what only two keys together make wrong", () => {
  const { data, model, training, ...computing } = defaultConfig();
  const find = (changes: Partial<Record<"data" | "model" | "training" | "computing", object>>) =>
    findContradictions({
      data: { ...data, ...changes.data },
      model: { ...model, ...changes.model },
      training: { ...training, ...changes.training },
      ...computing,
      ...changes.computing,
    });
  assert.deepEqual(find({}), []);
  assert.deepEqual(find({ computing: { math: "bfloat16" } }), []);
  assert.match(
    find({ computing: { math: "bfloat16", backend: "wasm" } })[0]!,
    /math must be float32 with backend wasm, current value is bfloat16/,
  );
  assert.match(find({ model: { maxChannels: 12 } })[0]!, /multiple of 8, because the four stages/);
  const pairs = { maxChannels: 24, mirrorSymmetry: true };
  assert.match(
    find({ model: pairs })[0]!,
    /multiple of 16, .* in mirror pairs, current value is 24/,
  );
  assert.deepEqual(find({ model: { ...pairs, name: "puppet-vgg" } }), []);
  assert.match(find({ model: { kernelSize: 4 } })[0]!, /must be odd/);
  assert.match(find({ model: { minSteps: 13 } })[0]!, /13 and 12/);
  assert.match(find({ training: { warmupEpochs: 100 } })[0]!, /below training\.epochs/);
  assert.match(find({ training: { warmupEpochs: 1, schedule: "one-cycle" } })[0]!, /must be 0/);
  assert.match(find({ training: { minLearningRate: 0.1 } })[0]!, /must not be above/);
  assert.deepEqual(find({ training: { minLearningRate: 0.1, schedule: "constant" } }), []);
  assert.match(
    find({ training: { patience: 3 }, data: { validationFraction: 0 } })[0]!,
    /patience/,
  );
  const mixing = { featureMixing: 0.5 };
  assert.match(find({ training: mixing, model: { name: "skipnet" } })[0]!, /single list of layers/);
  assert.deepEqual(find({ training: mixing, model: { name: "resnet" } }), []);
});

Deno.test("CONFIG_KEYS describes every key and its default is allowed", () => {
  assert.equal(new Set(CONFIG_KEYS.map((key) => key.path)).size, CONFIG_KEYS.length);
  for (const key of CONFIG_KEYS) {
    assert.ok(key.accepts(key.default), key.path);
    assert.ok(!key.accepts(undefined), key.path);
    assert.ok(key.description.length > 5 && key.allowed.length > 5, key.path);
  }
});

Deno.test("parseConfig() gives another complexity measure its own scale, unless it is given", () => {
  const { model } = parseConfig("model: { complexity: jpeg-like }");
  const { referenceMean } = complexityMeasure("jpeg-like");
  assert.equal(model.referenceComplexity, referenceMean);
  assert.ok(Math.abs(model.stepsPerBit * referenceMean - 10) < 0.01);
  const given = parseConfig("model: { complexity: jpeg-like, stepsPerBit: 3 }");
  assert.equal(given.model.stepsPerBit, 3);
  assert.equal(parseConfig("model: { complexity: entropy }").model.stepsPerBit, 0.8);
  // Weights bring the constants of their own measure, which are none of another.
  const defaults = { model: { complexity: "entropy", stepsPerBit: 0.5 } };
  assert.equal(parseConfig("", { defaults }).model.stepsPerBit, 0.5);
  const other = parseConfig("model: { complexity: jpeg-like }", { defaults });
  assert.equal(other.model.stepsPerBit, model.stepsPerBit);
});

Deno.test("parseConfig() takes datasets other than CIFAR-10 whole, unless a number is given", () => {
  assert.equal(parseConfig("data: { dataset: cifar10 }").data.images, 10_000);
  assert.equal(parseConfig("data: { dataset: cifar100 }").data.images, null);
  assert.equal(parseConfig("data: { dataset: cifar100, images: 500 }").data.images, 500);
  const sizesOf = (keys: string) => {
    const { data } = parseConfig(`data: { dataset: mini-imagenet${keys} }`);
    return [data.imageSize, data.resizeTo];
  };
  assert.deepEqual([sizesOf(""), sizesOf(", imageSize: 56")], [[84, 96], [56, 64]]);
  const unfitted = "{ data: { dataset: folder }, training: { fitDepths: false } }";
  assert.equal(parseConfig(unfitted).training.fitDepths, false);
});

Deno.test("parseConfig() lets what follows from dataset and measure follow over a base too, and keeps what it says", () => {
  const base = parseConfig("training: { dropout: 0.2 }");
  const changed = parseConfig("model: { complexity: jpeg-like }", { base });
  assert.deepEqual(
    changed,
    parseConfig("{ training: { dropout: 0.2 }, model: { complexity: jpeg-like } }"),
  );
  const overrides = [{ path: "data.dataset", value: "folder" }];
  const pictures = parseConfig("", { base, overrides });
  assert.deepEqual([pictures.data.images, pictures.training.fitDepths], [null, true]);
  assert.equal(parseConfig("data: { images: 10000 }", { base, overrides }).data.images, 10_000);
  const own = parseConfig("{ data: { images: 500 }, model: { stepsPerBit: 3 } }");
  const kept = parseConfig("model: { complexity: jpeg-like }", { base: own, overrides });
  assert.deepEqual([kept.data.images, kept.model.stepsPerBit], [500, 3]);
  assert.equal(kept.training.fitDepths, false);
  // A run's constants were fitted, and it goes on with them.
  const fitted = parseConfig(
    "{ data: { dataset: folder }, training: { fitDepths: true }, model: { stepsPerBit: 390 } }",
  );
  assert.deepEqual(parseConfig("training: { epochs: 7 }", { base: fitted }).model, fitted.model);
  assert.ok(parseConfig("training: { epochs: 7 }", { base: fitted }).training.fitDepths);
});

Deno.test("parseConfig() fits nothing over a constant of the rule that is set by hand", () => {
  const fitted =
    "{ data: { dataset: folder }, training: { fitDepths: true }, model: { stepsPerBit: 390 } }";
  for (const key of ["stepsPerBit", "complexityOffset", "referenceComplexity"]) {
    const byHand = { path: `model.${key}`, value: 7, from: `--${key}` };
    for (const text of ["data: { dataset: folder }", fitted]) {
      const { training, model } = parseConfig(text, { overrides: [byHand] });
      assert.equal(training.fitDepths, false, `${key}, ${text}`);
      assert.equal(model[key as "stepsPerBit"], 7);
    }
    const both = [byHand, { path: "training.fitDepths", value: true, from: "--fit-depths" }];
    assert.throws(
      () => parseConfig(fitted, { overrides: both }),
      new RegExp(`model.${key} \\(--${key}\\) must not be set where training.fitDepths`),
    );
  }
  // The same value again, as where a run goes on.
  const overrides = [{ path: "model.stepsPerBit", value: 390 }];
  assert.ok(parseConfig(fitted, { overrides }).training.fitDepths);
});

Deno.test("what follows from dataset and measure are the keys that are listed", () => {
  const plain = new Map(configEntries(defaultConfig()));
  const texts = ["cifar100", "mini-imagenet", "synthetic", "folder"].map((name) =>
    `data: { dataset: ${name} }`
  );
  const differing = [...texts, "model: { complexity: jpeg-like }"].flatMap((text) =>
    configEntries(parseConfig(text)).flatMap(([path, value]) =>
      value === plain.get(path) ? [] : [path]
    )
  );
  assert.deepEqual(
    new Set([...differing, "model.complexityOffset"]),
    new Set([...DERIVED_FROM, ...DERIVED_KEYS]),
  );
});

Deno.test("parseConfig() refuses exact training that no memory can hold, and says how much it takes", () => {
  assert.throws(
    () => parseConfig("model: { exact: true }"),
    /model\.exact .* model\.maxChannels 512 and training\.batchSize 64 about \d+ GB/,
  );
  assert.ok(parseConfig("model: { exact: true, maxChannels: 64 }").model.exact);
});

Deno.test("parseConfig() refuses a text of two documents: one of them would be passed over", () => {
  assert.throws(
    () => parseConfig("model: { name: vgg }\n---\nmodel: { name: resnet }\n"),
    /one YAML document/,
  );
});
