import assert from "node:assert/strict";
import { join } from "node:path";
import { runCommand, spawnCommand } from "../helpers/run_command.ts";
import { withFolder } from "../helpers/with_folder.ts";

/** One row of Table 5, as small as it gets. */
const SMALL = [
  ...["compare", "--table", "5", "--only", "puppet-cnn", "--smoke", "--backend", "wasm"],
  ...[
    "--train",
    "--channels",
    "8",
    "--no-speed",
    "--data",
    "no-such-folder",
    "--set",
    "data.classes=11",
  ],
];

Deno.test("compare writes a file once, and never over another without --force", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "table.md");
    const argv = [...SMALL, "--runs", join(folder, "runs"), "--quiet"];
    const first = await runCommand([...argv, "--format", "md", "--output", file]);
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.stdout, "");
    const text = await Deno.readTextFile(file);
    assert.match(text, /^# Table 5: .*SMOKE, NOT A RESULT/);
    assert.match(text, /12\.34 G \| 12\.34 /);
    const refused = await runCommand([...argv, "--output", file]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /the file is there; name another, or replace it with --force/);
    assert.equal(await Deno.readTextFile(file), text);
    const json = await runCommand([...argv, "--no-train", "--json"]);
    const comparison = JSON.parse(json.stdout);
    assert.deepEqual([comparison.kind, comparison.version], ["comparison", 1]);
    assert.equal(comparison.rows[0].protocol, "smoke");
    assert.equal(comparison.rows[0].runs[0].state, "finished");
    const [run] = comparison.rows[0].runs;
    const folders = await runCommand(["compare", run.runDirectory, "--no-speed", "--quiet"]);
    assert.equal(folders.code, 0, folders.stderr);
    assert.match(folders.stdout, /^Run folders$/m);
  });
});

Deno.test("compare saves after SIGTERM, exits with 143, and the same command continues", async () => {
  await withFolder(async (folder) => {
    const argv = [...SMALL, "--runs", folder, "--epochs", "15", "--set", "data.testImages=5"];
    const child = spawnCommand(argv);
    const stdout = new Response(child.stdout).text();
    let stderr = "";
    let isSent = false;
    for await (const chunk of child.stderr.pipeThrough(new TextDecoderStream())) {
      stderr += chunk;
      if (isSent || !/^epoch 1\//m.test(stderr)) continue;
      isSent = true;
      child.kill("SIGTERM");
    }
    assert.equal((await child.status).code, 143, stderr);
    assert.equal(await stdout, "");
    assert.match(stderr, /^stopped: Comparison was interrupted; .*the same command continues/m);
    const { code, stderr: second } = await runCommand([...argv]);
    assert.equal(code, 0, second);
    assert.match(second, /resuming after epoch \d+ of 15/);
  });
});

Deno.test("compare exits with 6 after a divergence, though nobody reads its table", async () => {
  await withFolder(async (folder) => {
    const wild = ["learningRate=100", "weightDecay=100", "schedule=constant"]
      .flatMap((word) => ["--set", `training.${word}`]);
    const child = spawnCommand([...SMALL, "--runs", folder, "--epochs", "15", ...wild]);
    await child.stdout.cancel();
    const stderr = await new Response(child.stderr).text();
    assert.equal((await child.status).code, 6, stderr);
    assert.match(stderr, /^error: Training diverged in /m);
  });
});

Deno.test("compare says what is wrong with its options and exits with 2", async () => {
  const faults: [string[], RegExp][] = [
    [[], /give either --table 1\.\.6 or run folders/],
    [["--table", "5", "runs/first"], /give either --table 1\.\.6 or run folders/],
    [["runs/first", "--smoke"], /Cannot use --smoke with run folders/],
    [["runs/first", "--epochs", "3"], /Cannot use --epochs with run folders/],
    [["--table", "5", "--seeds", "1,1"], /different whole numbers/],
    [["--table", "5", "--seeds", "1-2"], /different whole numbers .* with commas/],
    [["--table", "9"], /whole number in 1\.\.6/],
    [["--table", "7"], /Table 7 is counted by "param-scaling --table 7"/],
    [["--table", "1,x"], /whole number in 1\.\.6/],
    [["--table", "1,5", "--only", "resnet"], /Cannot use --only with several tables/],
    [["--table", "5", "--set", "training.seed=3"], /give the seeds with --seeds/],
  ];
  for (const [argv, message] of faults) {
    const { code, stderr } = await runCommand(["compare", ...argv, "--backend", "wasm"]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  }
});

Deno.test("compare names the variable of a temporary folder that cannot be made", async () => {
  const argv = ["compare", "--table", "5", "--smoke"];
  const { code, stderr } = await runCommand(argv, { env: { TMPDIR: "/no/such/folder" } });
  assert.equal(code, 1);
  assert.equal(
    stderr,
    "error: Cannot make a temporary folder in /no/such/folder, which TMPDIR names: there is no such folder or file; " +
      "let TMPDIR name a folder that can be written to, or keep the runs in a folder of your own (--runs)\n",
  );
});

Deno.test("compare computes with the backend and the arithmetic that --set names", async () => {
  await withFolder(async (folder) => {
    const said = async (...settings: string[]) => {
      const argv = ["compare", "--table", "3", "--only", "vgg", "--no-train", "--runs", folder];
      const { stderr } = await runCommand([...argv, ...settings.flatMap((s) => ["--set", s])]);
      return stderr;
    };
    assert.match(await said("backend=wasm"), /^backend: WebAssembly/m);
    assert.match(await said("math=bfloat16", "backend=wasm"), /bfloat16/);
    assert.match(
      await said("backend=abacus"),
      /^error: .*backend \(--set\) must be one of auto, /m,
    );
  });
});

Deno.test("compare without images exits with 3 and says how to get them", async () => {
  await withFolder(async (folder) => {
    const argv = ["compare", "--table", "3", "--data", folder, "--runs", join(folder, "runs")];
    const { code, stderr } = await runCommand([...argv, "--backend", "wasm"]);
    assert.equal(code, 3);
    assert.match(stderr, /"fetch-data cifar10 --directory/);
    assert.match(stderr, /--smoke/);
  });
});

Deno.test("train --preset takes the preset's configuration, and options override it", async () => {
  const { code, stdout } = await runCommand(
    ["train", "--preset", "vgg-mini-imagenet", "--seed", "7", "--epochs", "3", "--print-config"],
  );
  assert.equal(code, 0);
  for (const line of ["name: vgg ", "imageSize: 84 ", "resizeTo: 96 ", "seed: 7 ", "epochs: 3 "]) {
    assert.ok(stdout.includes(line), line);
  }
  const wrong = await runCommand(["train", "--preset", "vgg-cifar10"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /did you mean "vgg-cifar100"/);
});

Deno.test("compare refuses options of an executor where none is named: it would train here", async () => {
  for (const option of [["--dry-run"], ["--partition", "gpu"]]) {
    const { code, stdout, stderr } = await runCommand(["compare", "--table", "3", ...option]);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.ok(stderr.includes(`Cannot use ${option[0]} without --executor; name one of local,`));
  }
});
