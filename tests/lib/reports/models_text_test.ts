import assert from "node:assert/strict";
import { listLayers } from "../../../lib/models/list_model.ts";
import { defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import { writeReport } from "../../../lib/reports/write_report.ts";
import { assertSnapshot } from "../../helpers/assert_snapshot.ts";
import type { ListedModel } from "../../../lib/models/list_model.ts";

const LEVEL = {
  level: 0,
  complexity: 12.5,
  generatedKernels: 10,
  evaluations: 10,
  forward: 284_890_112,
  dynamics: 12_291_932_160,
  resizing: 22_436_352,
  amortized: 477_302_120,
};

const PUPPET: ListedModel = {
  name: "puppet-cnn",
  description: "generated kernels",
  source: "a paper",
  ground: "exact",
  paperMegabytes: 1.08,
  adapts: { depth: true, parameters: true },
  parameters: { puppeteer: 269_824, total: 280_714 },
  megabytes: { puppeteer: 1.079296, total: 1.122856 },
  batch: 64,
  multiplyAddsOfTool: 12_339_118_080,
  reference: LEVEL,
  levels: [LEVEL],
  decides: false,
};

const FORWARD_ONLY = { ...LEVEL, generatedKernels: 0, evaluations: 0, dynamics: 0, resizing: 0 };

const DECIDING: ListedModel = {
  ...PUPPET,
  name: "skipnet",
  source: "a | b",
  paperMegabytes: null,
  adapts: { depth: false, parameters: false },
  parameters: { puppeteer: 0, total: 17_483_866 },
  megabytes: { puppeteer: 0, total: 69.935464 },
  multiplyAddsOfTool: null,
  reference: FORWARD_ONLY,
  levels: [FORWARD_ONLY],
  decides: true,
};

const LAYERS = listLayers({ ...defaultConfig().model, name: "squeezenet" }, {
  classes: 10,
  image: { height: 32, width: 32 },
})!.slice(0, 9);

const OPTIONS = { width: 100, footer: "" };

Deno.test("models are the reviewed texts", async () => {
  const list = [{ kind: "models", content: [PUPPET, DECIDING], origin: "models" }] as const;
  const model = (content: ListedModel, layers: typeof LAYERS | null) =>
    [{ kind: "model", content: { ...content, layers }, origin: "model" }] as const;
  const parts = [
    await writeReport(list, "text", OPTIONS),
    await writeReport(list, "md", OPTIONS),
    await writeReport(list, "csv", OPTIONS),
    await writeReport(model(PUPPET, LAYERS), "text", OPTIONS),
    await writeReport(model(DECIDING, null), "text", OPTIONS),
  ];
  const file = new URL("snapshots/result_models.txt", import.meta.url);
  await assertSnapshot(`${parts.join("\n\n")}\n`, file);
});

Deno.test("listLayers() lists nested layers before what joins them, and knows models that are no list", () => {
  assert.ok(LAYERS.some(({ kind }) => kind === "join branches"));
  const config = { ...defaultConfig().model, name: "drnn" as const };
  assert.equal(listLayers(config, { classes: 10, image: { height: 32, width: 32 } }), null);
});
