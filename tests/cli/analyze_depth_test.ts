import assert from "node:assert/strict";
import { join } from "node:path";
import { encode } from "fast-png";
import { depthChartNames } from "../../lib/reports/parts/depth_charts.ts";
import { runCommand } from "../helpers/run_command.ts";
import { withFolder } from "../helpers/with_folder.ts";
import type { DepthAnalysis } from "../../lib/analyses/depth_analysis.ts";

const SYNTHETIC = [
  "analyze-depth",
  "--dataset",
  "synthetic",
  "--images",
  "60",
  "--test-images",
  "30",
];

Deno.test("analyze-depth --json is the document, with pictures where asked; remarks go to stderr", async () => {
  const argv = [...SYNTHETIC, "--json", "--thumbnails", "--examples", "1", "--min-steps", "7"];
  const { code, stdout, stderr } = await runCommand(argv);
  assert.equal(code, 0, stderr);
  const document = JSON.parse(stdout) as DepthAnalysis;
  assert.deepEqual([document.kind, document.version], ["depth-analysis", 1]);
  assert.equal(document.data.images, 30);
  assert.equal(document.rule.minSteps, 7);
  assert.equal(document.trained, null);
  assert.ok(document.examples.length >= 5);
  assert.ok(
    document.examples.every(({ thumbnail }) => /^data:image\/png;base64,/.test(thumbnail!)),
  );
});

Deno.test("analyze-depth --format csv has a row per image", async () => {
  const { code, stdout } = await runCommand([...SYNTHETIC, "--format", "csv", "--quiet"]);
  assert.equal(code, 0);
  const [head, ...rows] = stdout.trimEnd().split("\n");
  assert.equal(head, "index,class,complexity,spatial_entropy,spectral_entropy,depth,level");
  assert.equal(rows.length, 30);
  const [, , complexity, spatial, spectral] = rows[7]!.split(",").map(Number);
  assert.ok(Math.abs(complexity! - spatial! - spectral!) < 1e-9);
});

Deno.test("analyze-depth --measure takes its own kappa; --format svg draws", async () => {
  const argv = [...SYNTHETIC, "--quiet", "--measure", "jpeg-like"];
  const text = await runCommand(argv);
  assert.match(text.stdout, /^rule +N = round\(7\.353 H\), held in 6\.\.12$/m);
  const picture = await runCommand([...argv, "--format", "svg", "--chart", "measures"]);
  assert.match(picture.stdout, /^<svg[^]*jpeg-like[^]*<\/svg>\n$/);
});

Deno.test("analyze-depth names every chart that the library draws", async () => {
  const { stdout } = await runCommand(["analyze-depth", "--help"]);
  const help = stdout.replace(/\s+/g, " ");
  const names = depthChartNames.map((name) => `"${name}"`).join(", ");
  assert.ok(help.includes(`what --format svg draws (choices: ${names}`), help);
});

Deno.test("analyze-depth measures a folder's images at the size that train would learn", () =>
  withFolder(async (folder) => {
    for (const [className, count] of [["a", 6], ["b", 6]] as const) {
      await Deno.mkdir(join(folder, className));
      for (let index = 0; index < count; index++) {
        const data = Uint8Array.from({ length: 90 * 90 * 3 }, (_, at) => (at * (index + 3)) % 256);
        const image = encode({ width: 90, height: 90, data, depth: 8, channels: 3 });
        await Deno.writeFile(join(folder, className, `${index}.png`), image);
      }
    }
    const argv = ["analyze-depth", "--dataset", "folder", "--data", folder, "--json"];
    for (const [words, side] of [[[], 64], [["--image-size", "32"], 32]] as const) {
      const { code, stdout, stderr } = await runCommand([...argv, ...words]);
      assert.equal(code, 0, stderr);
      const { data } = JSON.parse(stdout) as DepthAnalysis;
      assert.deepEqual([data.height, data.width], [side, side]);
    }
  }));

Deno.test("analyze-depth says what makes no difference; a measure does, whether the depth follows it or not", async () => {
  const argv = [...SYNTHETIC, "--model", "vgg", "--channels", "64", "--measure", "jpeg-like"];
  const { code, stderr } = await runCommand(argv);
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /^remark: --channels makes no difference here: the layers of vgg are given$/m,
  );
  assert.doesNotMatch(stderr, /--measure/);
});

Deno.test("analyze-depth refuses what makes no sense, with the code of its kind", async () => {
  const cases = [
    [["--fixed-levels"], 2, /--fixed-levels without a run/],
    [["--exact"], 2, /--exact without a run/],
    [["--chart", "accuracy", "--format", "svg"], 2, /--chart accuracy without a run/],
    [["--chart", "depth"], 2, /--chart with --format text: it names what --format svg draws/],
    [["--examples", "2", "--format", "csv"], 2, /--examples with --format csv/],
    [["--backend", "wasm", ...SYNTHETIC.slice(1)], 2, /--backend without a run/],
    [["--backend", "wasm", "--model", "skipnet"], 2, /--backend without a run/],
    [["--seed", "2", "--dataset", "synthetic"], 2, /--seed with the test images/],
    [["--thumbnails"], 2, /--thumbnails without --format json or html/],
    [["--measure", "beauty"], 2, /model\.complexity \(--measure\) must be one of entropy/],
    [["runs/none", "--channels", "64"], 2, /Cannot use --channels with a run/],
    [["runs/none", "--measure", "entropy"], 2, /Cannot use --measure with a run/],
    [["runs/none", "--backend", "wasm"], 4, /runs\/none/],
    [["--data", "no-such-folder"], 3, /no-such-folder/],
    [
      [...SYNTHETIC.slice(1), "--part", "validation", "--validation-fraction", "0"],
      3,
      /no validation/,
    ],
  ] as const;
  await Promise.all(cases.map(async ([argv, expected, message]) => {
    const { code, stdout, stderr } = await runCommand(["analyze-depth", ...argv]);
    assert.equal(code, expected, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, message);
  }));
});

Deno.test("analyze-depth and report say the same of one document, in every format that both have", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const json = `${folder}/depth.json`;
    const made = await runCommand([...SYNTHETIC, "--quiet", "--output", json]);
    assert.equal(made.code, 0, made.stderr);
    // Images per second are measured anew by every analysis.
    const unclocked = (text: string) => text.replace(/[\d,]+ (?=\||$)/gm, "").replace(/\s+/g, " ");
    const readings = await Promise.all([
      runCommand([...SYNTHETIC, "--quiet", "--format", "md"]),
      runCommand(["report", json, "--format", "md"]),
    ]);
    const [own, report] = readings.map(({ stdout }) => unclocked(stdout));
    assert.equal(own, report);
    assert.match(own!, /^# Depth analysis of synthetic/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
