import assert from "node:assert/strict";
import { join } from "node:path";
import { type CommandResult, runCommand, spawnCommand } from "../helpers/run_command.ts";
import { TINY_CLASSES, TINY_COMMAND, withCommandFolders } from "../helpers/tiny_command.ts";

async function runWell(argv: readonly string[]): Promise<CommandResult> {
  const result = await runCommand(argv);
  assert.equal(result.code, 0, result.stderr);
  return result;
}

Deno.test("train, eval and predict work together in one run folder", async () => {
  await withCommandFolders(async (data, run) => {
    const argv = [
      "train",
      "--run",
      run,
      "--data",
      data,
      ...TINY_COMMAND,
      "--epochs",
      "2",
      "--seed",
      "77",
    ];
    const trained = await runWell(argv);
    assert.match(trained.stdout, /^ended +all epochs done$/m);
    assert.match(trained.stdout, /^parameters of the puppeteer +184 \(0\.00074 MB\)$/m);
    assert.match(trained.stderr, /^backend: JavaScript/m);
    assert.match(trained.stderr, /^epoch 2\/2: loss \d/m);
    assert.ok(!trained.stderr.includes("\r"));

    assert.match(await Deno.readTextFile(join(run, "config.yaml")), /^ {2}seed: 77 /m);
    const [origin] = JSON.parse(await Deno.readTextFile(join(run, "provenance.json")));
    assert.deepEqual(origin.argv, argv);
    assert.equal(origin.versions.deno, Deno.version.deno);
    assert.ok(origin.versions["puppet-cnn"]);
    assert.ok(origin.versions["@tensorflow/tfjs-core"]);
    assert.ok(!Number.isNaN(Date.parse(origin.startedAt)));

    const again = await runCommand(argv);
    assert.equal(again.code, 4);
    assert.match(again.stderr, /the folder is not empty/);

    const common = ["--backend", "cpu", "--json", "--quiet"];
    const measured = await runWell(["eval", run, "--checkpoint", "last", ...common]);
    assert.equal(measured.stderr, "");
    const { figures, part, depth } = JSON.parse(measured.stdout);
    assert.deepEqual([part, depth], ["test", undefined]);
    assert.equal(figures.images, 2);
    assert.equal(figures.meanDepth, 4);

    const image = join(data, "light", "3.png");
    const predicted = await runWell(["predict", run, image, "--top", "2", ...common]);
    assert.equal(predicted.stderr, "");
    const [prediction] = JSON.parse(predicted.stdout);
    assert.equal(prediction.file, image);
    assert.equal(prediction.depth, 4);
    assert.ok(prediction.complexity > 0);
    const [best, second] = prediction.classes;
    assert.deepEqual([best.className, second.className].sort(), TINY_CLASSES);
    assert.ok(best.probability >= second.probability);
    assert.ok(Math.abs(best.probability + second.probability - 1) < 1e-9);
    const shallow = await runWell(["eval", run, "--depth", "4", "--checkpoint", "last", ...common]);
    assert.equal(JSON.parse(shallow.stdout).depth, 4);

    await Deno.writeTextFile(join(data, "light", "bad.png"), "no picture");
    const many = await runCommand([
      "predict",
      run,
      data,
      "--format",
      "jsonl",
      "--backend",
      "cpu",
      "--quiet",
    ]);
    assert.equal(many.code, 3);
    assert.match(many.stderr, /Cannot read 1 of 25 images:\n.*light\/bad\.png/);
    const lines = many.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.equal(lines.length, 25);
    assert.deepEqual(lines.filter(({ error }) => error).map(({ file }) => file), [
      join(data, "light", "bad.png"),
    ]);
    assert.equal(lines.filter(({ classes }) => classes?.length === 1).length, 24);
    await Deno.remove(join(data, "light", "bad.png"));
    const below = await runCommand(["predict", run, join(image, "x.png"), ...common]);
    assert.equal(below.code, 3, below.stderr);
    assert.match(
      below.stderr,
      /Cannot read image .*: a file stands where a folder should be; name/,
    );
  });
});

Deno.test("train --quiet --json says nothing but the result", async () => {
  await withCommandFolders(async (data, run) => {
    const argv = ["train", "--run", run, "--data", data, ...TINY_COMMAND, "--epochs", "1"];
    const { stdout, stderr } = await runWell([...argv, "--quiet", "--json"]);
    assert.equal(stderr, "");
    const summary = JSON.parse(stdout);
    assert.equal(summary.stopReason, "finished");
    assert.equal(summary.trainImages + summary.validationImages, 22);
    assert.equal(summary.epochs, 1);
  });
});

Deno.test("train --resume leaves a run that stopped early as it is, unless its rule is changed", async () => {
  await withCommandFolders(async (data, run) => {
    // A rate this small leaves the predictions as they are.
    const still = ["--epochs", "20", "--learning-rate", "1e-12", "--schedule", "constant"];
    const argv = ["train", "--run", run, "--data", data, ...TINY_COMMAND, ...still];
    const told = ["--json", "--quiet"];
    const epochsOf = async (argv: string[]) => {
      const { stopReason, epochs } = JSON.parse((await runWell([...argv, ...told])).stdout);
      return [stopReason, epochs];
    };
    assert.deepEqual(await epochsOf([...argv, "--patience", "2"]), ["early-stop", 3]);
    const resume = ["train", "--resume", run];
    assert.deepEqual(await epochsOf(resume), ["early-stop", 3]);
    assert.deepEqual(await epochsOf([...resume, "--patience", "3"]), ["early-stop", 4]);
    assert.deepEqual(await epochsOf([...resume, "--epochs", "25"]), ["early-stop", 7]);
    assert.deepEqual(await epochsOf(resume), ["early-stop", 7]);
  });
});

Deno.test("train --time saves and ends well, and the run goes on to the same end", async () => {
  await withCommandFolders(async (data, run) => {
    const argv = ["train", "--data", data, ...TINY_COMMAND, "--epochs", "2", "--json", "--quiet"];
    const first = await runWell([...argv, "--run", run, "--time", "0.001s", "--save-every", "2"]);
    const { stopReason, steps } = JSON.parse(first.stdout);
    assert.deepEqual([stopReason, steps], ["time-limit", 1]);
    const resumed = JSON.parse(
      (await runWell(["train", "--resume", run, "--json", "--quiet"])).stdout,
    );
    const straight = JSON.parse((await runWell([...argv, "--run", `${run}-straight`])).stdout);
    assert.equal(resumed.stopReason, "finished");
    assert.equal(resumed.lastEpoch.trainLoss, straight.lastEpoch.trainLoss);
    const [provenance] = JSON.parse(await Deno.readTextFile(join(run, "provenance.json")));
    assert.equal(provenance.host, Deno.hostname());
  });
});

Deno.test("train exits with 6 when the loss stops being finite, and says what to change", async () => {
  await withCommandFolders(async (data, run) => {
    const argv = ["train", "--run", run, "--data", data, ...TINY_COMMAND, "--epochs", "50"];
    // Every step multiplies the weights by 1 - 100 * 100.
    const wild = ["--schedule", "constant", "--learning-rate", "100", "--weight-decay", "100"];
    const { code, stderr } = await runCommand([...argv, ...wild]);
    assert.equal(code, 6, stderr);
    assert.match(stderr, /^error: .*--learning-rate/m);
    assert.doesNotMatch(stderr, /\n\s+at /);
    // What is left has never learned: figures of it are figures of the initial weights.
    for (const words of [["eval", run], ["predict", run, join(data, "dark", "1.png")]]) {
      const used = await runCommand([...words, "--backend", "cpu"]);
      assert.equal(used.code, 0, used.stderr);
      assert.match(used.stderr, /run is not trained: .*training diverged at step \d/m);
    }
    const exported = await runCommand(["export", run, `${run}-model`]);
    assert.equal(exported.code, 4);
    assert.match(exported.stderr, /no batch-norm statistics, since training diverged at step \d/);
    // `train ... | true`: nobody reads the summary.
    const unread = spawnCommand([...argv.with(2, `${run}-unread`), ...wild]);
    await unread.stdout.cancel();
    const told = await new Response(unread.stderr).text();
    assert.equal((await unread.status).code, 6, told);
    assert.match(told, /^error: Training diverged /m);
  });
});

/** Starts a training that would last for ever, and stops it after its first epoch. */
async function interruptTraining(
  argv: readonly string[],
  signal: Deno.Signal,
): Promise<CommandResult> {
  const child = spawnCommand(argv);
  const stdout = new Response(child.stdout).text();
  let stderr = "";
  let isSent = false;
  for await (const chunk of child.stderr.pipeThrough(new TextDecoderStream())) {
    stderr += chunk;
    if (isSent || !/^epoch 1\//m.test(stderr)) continue;
    isSent = true;
    child.kill(signal);
  }
  return { code: (await child.status).code, stdout: await stdout, stderr };
}

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143, SIGUSR1: 138 } as const;

for (const [signal, expected] of Object.entries(SIGNALS) as [Deno.Signal, number][]) {
  Deno.test(`train saves after ${signal}, exits with ${expected}, and can be resumed`, async () => {
    await withCommandFolders(async (data, run) => {
      const argv = ["train", "--run", run, "--data", data, ...TINY_COMMAND, "--epochs", "100000"];
      const { code, stdout, stderr } = await interruptTraining(argv, signal);
      assert.equal(code, expected, stderr);
      assert.match(stderr, new RegExp(`^${signal}: saving and stopping`, "m"));
      assert.match(
        stderr,
        /^stopped: Training was interrupted after epoch \d+, step \d+; continue/m,
      );
      assert.match(stdout, /interrupted; the state is saved/);

      const epochs = Number(/after epoch (\d+)/.exec(stderr)![1]);
      const more = ["--epochs", String(epochs + 2), "--json", "--quiet"];
      const resumed = await runWell(["train", "--resume", run, ...more]);
      const summary = JSON.parse(resumed.stdout);
      assert.equal(summary.stopReason, "finished");
      assert.equal(summary.epochs, epochs + 2);
    });
  });
}

Deno.test("train --time is not a matter of the clock, which somebody may set meanwhile", () =>
  withCommandFolders(async (data, run) => {
    const clock = `${run}-clock.ts`;
    await Deno.writeTextFile(clock, "const { now } = Date;\nDate.now = () => now() + 7.2e6;\n");
    const { code, stdout, stderr } = await runCommand(
      ["train", "--run", run, "--data", data, ...TINY_COMMAND, "--epochs", "1", "--time", "1h"],
      { permissions: ["--allow-all", "--preload", clock] },
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^ended +all epochs done$/m);
  }));
