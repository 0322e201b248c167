import assert from "node:assert/strict";
import axe from "axe-core";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { analyzeParameterScaling } from "../../../lib/analyses/analyze_parameter_scaling.ts";
import { runDepthAnalysis } from "../../../lib/runs/run_depth_analysis.ts";
import { defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import { buildReport, type ReportSource } from "../../../lib/reports/build_report.ts";
import { writeHtml } from "../../../lib/reports/html/write_html.ts";
import { browserPath, type Page, startBrowser } from "../../helpers/browser.ts";
import { madeUpComparison } from "../../helpers/made_up_comparison.ts";
import { collectTiny, madeUpEvaluation, withTinyRun } from "../../helpers/tiny_report.ts";
import type { RunReport } from "../../../lib/reports/run_report.ts";

const EVIL = "<script>document.title = 'taken over'</script>";

/** Parts of the page that stand out of the window, boxes that scroll aside. */
const OVERFLOW = `document.documentElement.scrollWidth - window.innerWidth`;

/** The worst contrast of text to its ground, over all texts whose ground is that of the page. */
const CONTRAST = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = parse(color).slice(0, 3).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = luminance(getComputedStyle(document.body).backgroundColor);
  const ratios = [...document.querySelectorAll("h1,h2,h3,p,dt,dd,th,td,a,strong,span")].map((node) => {
    const text = luminance(getComputedStyle(node).color);
    return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
  });
  return Math.min(...ratios);
})()`;

/** What the rules of WCAG 2.1 A and AA, and good practice, have against the page. */
const ACCESSIBILITY = `(() => { ${axe.source} })();
axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] })
  .then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html.slice(0, 200)))`;

/** One source of every kind. */
async function everySource(runDirectory: string, report: RunReport): Promise<ReportSource[]> {
  const names = [EVIL, ...Array.from({ length: 39 }, (_, index) => `class ${index}`)];
  const scaling = await analyzeParameterScaling(defaultConfig().model, {
    classes: 10,
    image: { height: 32, width: 32 },
    channels: [64, 512],
    families: ["vgg"],
    kernelSizes: [3],
  });
  const { analysis } = await runDepthAnalysis({
    ...{ runDirectory, part: "test", checkpoint: "auto", batchSize: 8 },
    ...{ exact: false, fixedLevels: true, examples: { perPlace: 1, thumbnails: true } },
  });
  return [
    { kind: "run-report", content: report, origin: "run" },
    { kind: "depth-analysis", content: analysis, origin: "depth.json" },
    { kind: "evaluation", content: madeUpEvaluation(names), origin: "eval.json" },
    { kind: "parameter-scaling", content: scaling, origin: "scaling.json" },
    { kind: "comparison", content: madeUpComparison(), origin: "comparison.json" },
  ];
}

async function checkPage(page: Page, report: RunReport): Promise<void> {
  assert.deepEqual(page.complaints, []);
  assert.equal(page.requests.length, 1);
  assert.equal(await page.evaluate("document.title"), "Report on 5 documents");
  assert.ok(await page.evaluate<number>(OVERFLOW) <= 0);
  assert.ok(await page.evaluate<number>(CONTRAST) >= 4.5);
  assert.deepEqual(await page.evaluate<string[]>(ACCESSIBILITY), []);
  const charts = await page.evaluate<string[]>(
    `[...document.querySelectorAll("svg")].map((svg) => svg.querySelector("title").textContent)`,
  );
  const titles = [
    ...["Loss", "Top-1", "Learning rate", "Images by depth", "Multiply-adds by level"],
    ...["Complexity of the images", "Complexity by class", "Accuracy by complexity"],
  ];
  for (const title of titles) {
    assert.ok(charts.includes(title), title);
  }
  const empty = await page.evaluate<number>(
    `[...document.querySelectorAll("svg, img")].filter((node) => {
      const { width, height } = node.getBoundingClientRect();
      return width < 20 || height < 20 || node.complete === false || node.naturalWidth === 0;
    }).length`,
  );
  assert.equal(empty, 0);
  const values = await page.evaluate<number[]>(
    `[...document.querySelectorAll("data")].map((node) => Number(node.value))`,
  );
  const { figures } = report.evaluation!;
  const shown = [
    figures.top1,
    figures.top5,
    figures.loss,
    ...figures.levels.map((row) => row.top1),
  ];
  const logged = report.epochs.flatMap((row) => [row.trainLoss, row.validationTop1]);
  for (const value of [...shown, ...logged, report.count!.megabytes.total]) {
    assert.ok(value === null || values.includes(value), String(value));
  }
}

Deno.test({
  name: browserPath === null
    ? "a report opens in a browser (ignored: there is no chromium on the PATH)"
    : "a report opens in a browser: on a desk and on a phone, light and dark, without a complaint",
  ignore: browserPath === null,
  async fn() {
    await withTinyRun(async (runDirectory) => {
      const report = await collectTiny(runDirectory);
      const document = buildReport(await everySource(runDirectory, report));
      const path = join(runDirectory, "report.html");
      await Deno.writeTextFile(path, writeHtml(document, { footer: "made by a test" }));
      const browser = await startBrowser();
      try {
        for (const width of [1280, 360]) {
          for (const dark of [false, true]) {
            const view = { width, height: 800, dark };
            await checkPage(await browser.open(pathToFileURL(path).href, view), report);
          }
        }
      } finally {
        await browser.close();
      }
    });
  },
});
