import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { analyzeParameterScaling } from "../../lib/analyses/analyze_parameter_scaling.ts";
import { defaultConfig } from "../../lib/configuration/experiment_config.ts";
import { countModel } from "../../lib/models/count_model.ts";
import { readReportSources } from "../../lib/reports/read_report_sources.ts";
import { writeReport } from "../../lib/reports/write_report.ts";
import { madeUpComparison } from "../../tests/helpers/made_up_comparison.ts";
import { madeUpEvaluation } from "../../tests/helpers/tiny_report.ts";
import { type FuzzTarget, fuzzTarget } from "./fuzz_target.ts";

const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9" +
  "awAAAABJRU5ErkJggg==";

/** What `report RUN --json` writes, in small. */
async function runReport(): Promise<unknown> {
  const config = defaultConfig();
  const epoch = (number: number) => ({
    ...{ epoch: number, step: 3 * number, learningRate: 1e-3, trainLoss: 2 / number },
    ...{ trainTop1: 0.3, validationLoss: null, validationTop1: 0.2, validationTop5: 0.9 },
    ...{ gradientNorm: 1.5, meanDepth: 10.2, imagesPerSecond: 30, seconds: 2, liveTensors: 40 },
  });
  const image = { height: 8, width: 8 };
  const picture = {
    ...{ index: 3, className: "a", predicted: "b", confidence: 0.9, complexity: 7, depth: 2 },
    source: PIXEL,
  };
  return {
    ...{ kind: "run-report", version: 1, runDirectory: "runs/a", config },
    provenance: [{
      ...{ argv: ["train", "--run", "runs/a"], versions: { deno: "2" } },
      ...{ machine: "linux", startedAt: "2026-01-01T00:00:00Z" },
    }],
    epochs: [epoch(1), epoch(2)],
    checkpoint: { folder: "step-00000006", backend: "cpu", image, classNames: ["a", "b"] },
    count: await countModel(config.model, { classes: 2, image }),
    evaluation: madeUpEvaluation(["a", "b"]),
    complexityHistogram: [{ from: 6, to: 7, count: 3 }],
    pictures: {
      ...{ byDepth: [picture], mistakes: [picture] },
      takenFor: [{ className: "a", predicted: "b", images: 2, support: 5, picture }],
    },
    weights: {
      trajectories: [{
        ...{ level: 0, complexity: 7.5, depth: 2, scale: 0.6 },
        ...{ stateNorms: [1, 1.1, 1.2], changeNorms: [0.1, 0.1] },
      }],
      firstKernels: {
        ...{ layer: "stage1.conv1", generated: true, kernels: 4, kernelSize: 3, largest: 1.5 },
        pictures: [{ level: 0, depth: 2, source: PIXEL }],
        differences: { largest: 0.5, pictures: [{ level: 1, depth: 3, source: PIXEL }] },
      },
    },
    missing: ["Nothing."],
  };
}

async function goodDocuments(): Promise<unknown[]> {
  const depth = new URL(
    "../../results/puppet-cnn-adaptive-c512/depth_analysis.json",
    import.meta.url,
  );
  return [
    await runReport(),
    madeUpEvaluation(["cat", "dog"]),
    madeUpComparison(),
    await analyzeParameterScaling(defaultConfig().model, {
      ...{ channels: [64, 128], families: ["vgg"], kernelSizes: [3], classes: 10 },
      image: { height: 32, width: 32 },
    }),
    JSON.parse(await Deno.readTextFile(depth)),
  ];
}

/** What a stranger may put in the place of a figure or a name. */
const STRANGE = [
  ...[null, true, 0, -1, 0.5, 1e308, -1e308, 2 ** 53, 1e9, "", "x", [], {}, [[]], "NaN"],
  ...["<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "\u001b[2J", "__proto__"],
  ...["javascript:alert(1)", "data:image/svg+xml,<svg onload=alert(1)>", "x".repeat(10_000)],
  ...[[null], ["<b>", 1], { length: 1e9 }, { text: "<i>", value: 1 }, "|a|b|", "```\n# x", "=1+1"],
];

type Json = Record<string, unknown> | unknown[];

/** Replaces or removes something at a place that the numbers choose; every number decides on one step down. */
function spoil(document: unknown, { path, value, remove }: Spoiling): void {
  let at = document as Json;
  for (const [depth, step] of path.entries()) {
    const keys = Object.keys(at);
    if (keys.length === 0) return;
    const key = keys[Math.floor(step * keys.length)]!;
    const child = (at as Record<string, unknown>)[key];
    const isLast = depth === path.length - 1 || typeof child !== "object" || child === null;
    if (!isLast) at = child as Json;
    else if (remove && !Array.isArray(at)) delete at[key];
    else return void ((at as Record<string, unknown>)[key] = structuredClone(value));
  }
}

interface Spoiling {
  readonly path: readonly number[];
  readonly value: unknown;
  readonly remove: boolean;
}

let documents: Promise<unknown[]> | null = null;

/** Reads a document and writes it in every format; nothing in it may become markup. */
async function readDocument(
  input: { readonly document: number; readonly changes: readonly Spoiling[] },
  folder: string,
): Promise<void> {
  documents ??= goodDocuments();
  const document = structuredClone((await documents)[input.document]);
  for (const change of input.changes) spoil(document, change);
  const path = join(folder, "document.json");
  await Deno.writeTextFile(path, JSON.stringify(document));
  const sources = await readReportSources(path);
  const page = await writeReport(sources, "html", { width: 100, footer: "" });
  // Not assert.doesNotMatch(): its message would be the page.
  const markup = /<script|<img src=x|<svg onload|<b>|<i>/.exec(page);
  assert.equal(markup, null);
  assert.ok(!page.includes("\u001b"));
  for (const format of ["text", "md", "csv", "json"] as const) {
    const text = await writeReport(sources, format, { width: 100, footer: "" });
    assert.ok(text.length > 0 && !text.includes("\u001b"), format);
  }
}

/** Documents that a report is made of. */
export const reportTargets: readonly FuzzTarget[] = [
  fuzzTarget({
    name: "documents of a report",
    cases: 4_000,
    input: fc.record({
      document: fc.nat(4),
      changes: fc.array(
        fc.record({
          path: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
            minLength: 1,
            maxLength: 8,
          }),
          value: fc.constantFrom(...STRANGE),
          remove: fc.boolean(),
        }),
        { maxLength: 3 },
      ),
    }),
    read: readDocument,
  }),
];
