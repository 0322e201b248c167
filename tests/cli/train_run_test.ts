import assert from "node:assert/strict";
import { join } from "node:path";
import { encode } from "fast-png";
import { type CommandResult, runCommand, spawnCommand } from "../helpers/run_command.ts";

/** A model and a data set so small that plain JavaScript trains them in a second. */
const TINY = [
  ...["--dataset", "synthetic", "--images", "100", "--test-images", "40", "--channels", "8"],
  ...["--depth", "4", "--batch-size", "20", "--statistics-images", "20", "--backend", "cpu"],
];

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function train(run: string, ...argv: string[]): Promise<CommandResult> {
  const data = join(run, "..", "no-data");
  return runCommand(["train", "--run", run, "--data", data, ...TINY, ...argv]);
}

async function writePng(file: string): Promise<void> {
  const data = Uint8Array.from({ length: 20 * 30 * 3 }, (_, index) => (index * 37) % 256);
  await Deno.writeFile(file, encode({ width: 30, height: 20, channels: 3, depth: 8, data }));
}

Deno.test("train, eval and predict work together in one run folder", async () => {
  await withFolder(async (folder) => {
    const run = join(folder, "run");
    const trained = await train(run, "--epochs", "2");
    assert.equal(trained.code, 0, trained.stderr);
    assert.match(trained.stdout, /^ended +all epochs done$/m);
    assert.match(trained.stdout, /^puppeteer +184 \(0\.00 MB\) parameters$/m);
    assert.match(trained.stderr, /^backend: JavaScript/m);
    assert.match(trained.stderr, /^epoch 2\/2: loss \d/m);
    assert.ok(!trained.stderr.includes("\r"));

    const again = await train(run);
    assert.equal(again.code, 4);
    assert.match(again.stderr, /the folder is not empty/);

    const measured = await runCommand(
      ["eval", run, "--checkpoint", "last", "--backend", "cpu", "--json", "--quiet"],
    );
    assert.equal(measured.stderr, "");
    assert.equal(measured.code, 0);
    const { figures, part } = JSON.parse(measured.stdout);
    assert.equal(part, "test");
    assert.equal(figures.images, 40);
    assert.equal(figures.meanDepth, 4);

    const image = join(folder, "photo.png");
    await writePng(image);
    const predicted = await runCommand(
      ["predict", run, image, "--top", "3", "--backend", "cpu", "--json", "--quiet"],
    );
    assert.equal(predicted.stderr, "");
    const [prediction] = JSON.parse(predicted.stdout);
    assert.equal(prediction.file, image);
    assert.equal(prediction.depth, 4);
    assert.equal(prediction.classes.length, 3);
    assert.ok(prediction.complexity > 0);
    assert.ok(prediction.classes[0].probability >= prediction.classes[1].probability);
  });
});

Deno.test("train --quiet --json says nothing but the result", async () => {
  await withFolder(async (folder) => {
    const run = join(folder, "run");
    const { code, stdout, stderr } = await train(run, "--epochs", "1", "--quiet", "--json");
    assert.equal(stderr, "");
    assert.equal(code, 0);
    const summary = JSON.parse(stdout);
    assert.equal(summary.stopReason, "finished");
    assert.equal(summary.trainImages, 80);
    assert.equal(summary.steps, 4);
  });
});

Deno.test("train keeps versions, arguments and seed in the run folder", async () => {
  await withFolder(async (folder) => {
    const run = join(folder, "run");
    await train(run, "--epochs", "1", "--seed", "77");
    assert.match(await Deno.readTextFile(join(run, "config.yaml")), /^ {2}seed: 77 /m);
    const [origin] = JSON.parse(await Deno.readTextFile(join(run, "provenance.json")));
    assert.deepEqual(origin.argv.slice(0, 3), ["train", "--run", run]);
    assert.equal(origin.versions.deno, Deno.version.deno);
    assert.ok(origin.versions["puppet-cnn"]);
    assert.ok(origin.versions["@tensorflow/tfjs-core"]);
    assert.ok(!Number.isNaN(Date.parse(origin.startedAt)));
  });
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`train saves after ${signal}, exits with ${code}, and can be resumed`, async () => {
    await withFolder(async (folder) => {
      const run = join(folder, "run");
      const data = join(folder, "no-data");
      const child = spawnCommand([
        "train",
        "--run",
        run,
        "--data",
        data,
        ...TINY,
        "--epochs",
        "5000",
      ]);
      const stdout = new Response(child.stdout).text();
      let stderr = "";
      let isSent = false;
      for await (const chunk of child.stderr.pipeThrough(new TextDecoderStream())) {
        stderr += chunk;
        if (isSent || !/^epoch 1\//m.test(stderr)) continue;
        isSent = true;
        child.kill(signal);
      }
      assert.equal((await child.status).code, code, stderr);
      assert.match(stderr, new RegExp(`^${signal}: saving after this step`, "m"));
      assert.match(
        stderr,
        /^stopped: Training was interrupted after epoch \d+, step \d+; continue/m,
      );
      assert.match(await stdout, /interrupted; the state is saved/);
      const resumed = await runCommand(["train", "--resume", run, "--epochs", "1", "--json"]);
      assert.equal(resumed.code, 0, resumed.stderr);
      assert.equal(JSON.parse(resumed.stdout).stopReason, "finished");
    });
  });
}
