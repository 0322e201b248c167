import assert from "node:assert/strict";
import { runPart } from "../../../../lib/reports/parts/run_part.ts";
import { SMOKE_WATERMARK } from "../../../../lib/reports/chart.ts";
import { collectTiny, withTinyRun } from "../../../helpers/tiny_report.ts";
import type { ReportPart, TableBlock } from "../../../../lib/reports/report_document.ts";

function chartsOf({ sections }: ReportPart) {
  return sections.flatMap(({ blocks }) => blocks)
    .flatMap((block) => block.kind === "chart" ? [block.chart] : []);
}

function tableOf({ sections }: ReportPart, caption: string): TableBlock {
  const found = sections.flatMap(({ blocks }) => blocks)
    .find((block) => block.kind === "table" && block.caption === caption);
  assert.ok(found?.kind === "table", caption);
  return found;
}

Deno.test("runPart() gives groups of few images no bar, and marks a smoke run inside every chart", async () => {
  await withTinyRun(async (runDirectory) => {
    const report = await collectTiny(runDirectory);
    const levels = [[0, null], [19, 1], [20, 0.5]] as const;
    const figures = {
      ...report.evaluation!.figures,
      levels: report.evaluation!.figures.levels.map((level, at) => ({
        ...level,
        images: levels[at]![0],
        top1: levels[at]![1],
      })),
    };
    const part = runPart({ ...report, evaluation: { ...report.evaluation!, figures } });
    const chart = chartsOf(part).find(({ title }) => title === "Top-1 by level")!;
    assert.deepEqual(chart.series[0]!.points.map(({ y }) => y), [null, null, 50]);
    assert.match(chart.description, /Levels of fewer than 20 images have no bar/);
    assert.ok(chartsOf(part).every(({ watermark }) => watermark === undefined));

    const levelTable = tableOf(part, "Levels");
    const generation = levelTable.columns.findIndex(({ header }) => header === "generation");
    assert.deepEqual(
      levelTable.rows.map((cells) => cells[generation]!.value),
      report.count!.levels.map(({ dynamics, resizing }) => dynamics + resizing),
    );
    const keys = tableOf(part, "Changed from the defaults").rows.map(([key]) => key!.text);
    assert.ok(keys.includes("data.dataset") && !keys.includes("data.directory"), keys.join());

    const few = { ...figures, levels: figures.levels.map((level) => ({ ...level, images: 7 })) };
    const small = runPart({ ...report, evaluation: { ...report.evaluation!, figures: few } });
    const titles = chartsOf(small).map(({ title }) => title);
    const depths = chartsOf(small).find(({ title }) => title === "Images by depth")!;
    assert.equal(depths.description, "Depths 4, 5, 6 have the most images, 7 each.");
    assert.ok(!titles.includes("Top-1 by level"), titles.join());

    const alike = { ...few, levels: few.levels.map((level) => ({ ...level, depth: 5 })) };
    const one = runPart({ ...report, evaluation: { ...report.evaluation!, figures: alike } });
    const bars = chartsOf(one).find(({ title }) => title === "Images by depth")!.series[0]!.points;
    assert.deepEqual(bars, [{ x: "5", y: 21 }]);

    const [last] = report.provenance;
    const provenance = [{ ...last!, argv: ["compare", "--table", "1", "--smoke"] }];
    const smoke = runPart({ ...report, provenance });
    assert.match(smoke.title, /SMOKE, NOT A RESULT/);
    assert.ok(chartsOf(smoke).length > 5);
    assert.ok(chartsOf(smoke).every(({ watermark }) => watermark === SMOKE_WATERMARK));
  });
});

Deno.test("runPart() counts training images only where the configuration knows them: a folder may have a validation part", async () => {
  await withTinyRun(async (runDirectory) => {
    const report = await collectTiny(runDirectory);
    const saidOf = (data: Partial<typeof report.config.data>) => {
      const { config } = report;
      const part = runPart({ ...report, config: { ...config, data: { ...config.data, ...data } } });
      const facts = part.sections.find(({ title }) => title === "Protocol")!.blocks
        .flatMap((block) => block.kind === "facts" ? block.facts : []);
      const { cell, note } = facts.find(({ name }) => name === "training images")!;
      return `${cell.text} (${note})`;
    };
    const share = { validationFraction: 0.5 };
    assert.equal(
      saidOf({ ...share, images: 60 }),
      "60 (50.00 % held out, unless the folder has a validation part)",
    );
    assert.equal(
      saidOf({ ...share, images: null }),
      "all (50.00 % held out, unless the folder has a validation part)",
    );
    assert.equal(saidOf({ ...share, images: 60, dataset: "cifar10" }), "30 (30 held out)");
    assert.equal(saidOf({ ...share, images: null, dataset: "cifar10" }), "all (50.00 % held out)");
  });
});

Deno.test("runPart() calls levels of one depth by their complexity, in charts and below pictures", async () => {
  await withTinyRun(async (runDirectory) => {
    const report = await collectTiny(runDirectory);
    const { trajectories, firstKernels } = report.weights!;
    const captionsOf = (depth: number | null) => {
      const change = depth === null ? {} : { depth };
      const same = <Level extends object>(levels: readonly Level[]) =>
        levels.map((level) => ({ ...level, ...change }));
      const weights = {
        trajectories: same(trajectories),
        firstKernels: { ...firstKernels!, pictures: same(firstKernels!.pictures) },
      };
      const blocks = runPart({ ...report, weights }).sections.flatMap((section) => section.blocks);
      const charts = blocks.flatMap((block) => block.kind === "chart" ? [block.chart] : []);
      const { series } = charts.find(({ title }) => /^Size of the state/.test(title))!;
      const pictures = blocks.flatMap((block) =>
        block.kind === "images" && /^(?:Kernels of|What they)/.test(block.caption) ? [block] : []
      );
      return [
        series.map(({ name }) => name),
        ...pictures.map(({ images }) => images.map(({ caption }) => caption)),
        pictures[1]!.caption,
      ];
    };
    const own = ["4 layers", "5 layers", "6 layers"];
    const differences = "What they have more or less than those of";
    assert.deepEqual(captionsOf(null), [own, own, own.slice(1), `${differences} 4 layers`]);
    const names = trajectories.map(({ complexity }) => `complexity ${complexity.toFixed(2)}`);
    assert.equal(new Set(names).size, 3);
    assert.deepEqual(captionsOf(5), [names, names, names.slice(1), `${differences} ${names[0]}`]);
  });
});

Deno.test("runPart() gives the work of a level as the most where the network decides", async () => {
  await withTinyRun(async (runDirectory) => {
    const report = await collectTiny(runDirectory);
    const evaluation = report.evaluation!;
    const headersOf = (routes: typeof evaluation.figures.routes) => {
      const figures = { ...evaluation.figures, routes };
      const tables = runPart({ ...report, evaluation: { ...evaluation, figures } }).sections
        .flatMap(({ blocks }) => blocks)
        .flatMap((block) => block.kind === "table" && block.caption === "Levels" ? [block] : []);
      return tables[0]!.columns.map(({ header }) => header).filter((name) =>
        /^multiply/.test(name)
      );
    };
    assert.deepEqual(headersOf([]), ["multiply-adds per image"]);
    assert.deepEqual(headersOf([{ route: 1, share: 1 }]), ["multiply-adds per image at most"]);
  });
});
