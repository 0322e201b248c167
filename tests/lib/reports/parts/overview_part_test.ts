import assert from "node:assert/strict";
import { overviewPart } from "../../../../lib/reports/parts/overview_part.ts";
import { collectTiny, withTinyRun } from "../../../helpers/tiny_report.ts";

Deno.test("overviewPart() says what tells the runs apart, and not where they were made", async () => {
  await withTinyRun(async (run) => {
    const report = await collectTiny(run, { evaluate: false });
    const { config } = report;
    const elsewhere = { ...config, data: { ...config.data, directory: "elsewhere" } };
    const subtitleOf = (other: typeof config) =>
      overviewPart([report, { ...report, config: other }]).subtitle;
    assert.equal(subtitleOf(elsewhere), "Runs of one configuration.");
    const wider = { ...config, model: { ...config.model, maxChannels: 24 } };
    const both = { ...wider, training: { ...wider.training, seed: 9 } };
    assert.equal(subtitleOf(both), "Runs that differ in model.maxChannels, training.seed.");
  });
});
