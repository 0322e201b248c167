import assert from "node:assert/strict";
import { analyzeParameterScaling } from "../../../lib/analyses/analyze_parameter_scaling.ts";
import { defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import { writeReport } from "../../../lib/reports/write_report.ts";
import { assertSnapshot } from "../../helpers/assert_snapshot.ts";

const content = await analyzeParameterScaling(defaultConfig().model, {
  channels: [64, 128, 256, 512, 1024, 2048, 4096, 96],
  families: ["vgg", "resnet"],
  kernelSizes: [3],
  classes: 10,
  image: { height: 32, width: 32 },
});

const SOURCES = [{ kind: "parameter-scaling", content, origin: "param-scaling" }] as const;
const OPTIONS = { width: 100, footer: "" };

Deno.test("parameter scaling is the reviewed texts", async () => {
  const parts = [
    await writeReport(SOURCES, "text", OPTIONS),
    await writeReport(SOURCES, "md", OPTIONS),
    await writeReport(SOURCES, "csv", OPTIONS),
  ];
  const file = new URL("snapshots/result_param_scaling.txt", import.meta.url);
  await assertSnapshot(`${parts.join("\n\n")}\n`, file);
});

Deno.test("parameter scaling as csv has a cell for every header in every row", async () => {
  const csv = await writeReport(SOURCES, "csv", OPTIONS);
  const [head, ...rows] = csv.split("\n").map((row) => row.split(","));
  assert.equal(rows.length, 8 + 8);
  assert.ok(rows.every((row) => row.length === head!.length));
});
