import assert from "node:assert/strict";
import { overviewPart } from "../../../../lib/reports/parts/overview_part.ts";
import { collectTiny, madeUpEvaluation, withTinyRun } from "../../../helpers/tiny_report.ts";

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

    const top5Of = (...classes: number[]) => {
      const [table] = overviewPart(classes.map((count) => {
        const names = Array.from({ length: count }, (_, label) => `c${label}`);
        return { ...report, evaluation: madeUpEvaluation(names) };
      })).sections[0]!.blocks;
      assert.ok(table?.kind === "table");
      const column = table.columns.findIndex(({ header }) => header === "Top-5");
      return column < 0 ? null : table.rows.map((row) => row[column]!.text);
    };
    assert.equal(top5Of(2, 5), null);
    assert.deepEqual(top5Of(5, 6), ["\u2013", "98.77 %"]);

    const evaluation = madeUpEvaluation(["a", "b"]);
    const depthOf = (routes: typeof evaluation.figures.routes) => {
      const decided = { ...evaluation, figures: { ...evaluation.figures, meanDepth: 21, routes } };
      const [table] =
        overviewPart([report, { ...report, evaluation: decided }]).sections[0]!.blocks;
      assert.ok(table?.kind === "table");
      return table.rows[1]![table.columns.findIndex(({ header }) => header === "depth")]!.text;
    };
    assert.equal(depthOf([]), "21.00");
    assert.equal(depthOf([{ route: 7, share: 1 }]), "at most 21.00");
  });
});
