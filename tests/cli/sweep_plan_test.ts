import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { planSweep } from "../../cli/sweep_plan.ts";
import { readPlan } from "../../lib/sweeps/sweep_plan.ts";
import { runCommand } from "../helpers/run_command.ts";
import { withFolder } from "../helpers/with_folder.ts";

Deno.test("planSweep() names runs after the file, in letters that a plan may have", () =>
  withFolder(async (folder) => {
    const cases = [
      ["my cfg (1).yaml", "my-cfg--1-"],
      ["_\u00fc.yaml", "run"],
      ["wide_2.yaml", "wide_2"],
      [`${"x".repeat(200)}.yaml`, "x".repeat(100)],
    ] as const;
    for (const [at, [file, name]] of cases.entries()) {
      const config = join(folder, file);
      await Deno.writeTextFile(config, "training: {epochs: 1}\n");
      const sweep = join(folder, `sweep ${at}`);
      await planSweep(sweep, { config, seeds: [1] });
      const { rows } = await readPlan(sweep);
      assert.equal(rows[0]!.name.split("-seed1-")[0], name);
    }
  }));

Deno.test("planSweep() gives every measure its own scale, unless one is given", () =>
  withFolder(async (folder) => {
    const options = { preset: "puppet-cnn", seeds: [1] } as const;
    const kappas = async (name: string, ...set: string[]) => {
      const sweep = join(folder, name);
      await planSweep(sweep, { ...options, set: ["model.complexity=entropy,jpeg-like", ...set] });
      return (await readPlan(sweep)).rows.map(({ config }) => config.model.stepsPerBit);
    };
    assert.deepEqual(await kappas("own"), [0.8, 7.353]);
    assert.deepEqual(await kappas("given", "model.stepsPerBit=0.8"), [0.8, 0.8]);
  }));

Deno.test("sweep run refuses resources that a Job for Kubernetes would leave out, and folders that it cannot mount", () =>
  withFolder(async (folder) => {
    const sweep = join(folder, "sweep");
    await planSweep(sweep, { preset: "vgg", seeds: [1] });
    const job = ["sweep", "run", sweep, "--executor", "kubernetes", "--image", "i", "--claim", "c"];
    const { code, stderr } = await runCommand([...job, "--gres", "gpu:a100:2"]);
    assert.equal(code, 2);
    assert.match(stderr, /--gres gpu:a100:2: it must be gpu:COUNT/);
    assert.match((await runCommand([...job, "--gres", "gpu:2"])).stdout, /nvidia\.com\/gpu: 2/);
    // A pod finds nothing outside of the claim.
    const { stderr: warned } = await runCommand(job);
    assert.match(warned, /claim is mounted at .+: images in .+ have to be part of the pods' image/);
    const outside = join(folder, "outside");
    await planSweep(outside, { preset: "vgg", seeds: [1], runs: join(folder, "runs") });
    const lost = await runCommand(job.with(2, outside));
    assert.equal(lost.code, 2);
    assert.match(lost.stderr, /the runs are kept in .+, outside of .+, where the claim is mounted/);
    // The API refuses to mount a volume there.
    const odd = join(folder, "12:30");
    await Deno.rename(sweep, odd);
    const refused = await runCommand(job.with(2, odd));
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /a mounted folder may not have ":" in its name/);
  }));

Deno.test("sweep results of a grid refuse what only a comparison of tables computes with", () =>
  withFolder(async (folder) => {
    const sweep = join(folder, "sweep");
    await planSweep(sweep, { preset: "vgg", seeds: [1] });
    for (const option of [["--data", "d"], ["--backend", "wasm"]]) {
      const { code, stderr } = await runCommand(["sweep", "results", sweep, ...option]);
      assert.equal(code, 2);
      assert.ok(stderr.includes(`Cannot use ${option[0]} with the results of a grid`), stderr);
    }
  }));

Deno.test("sweep plan says which options change no training", () =>
  withFolder(async (folder) => {
    const remarkOn = async (...argv: string[]) => {
      const plan = ["sweep", "plan", await Deno.makeTempDir({ dir: folder }), ...argv];
      return (await runCommand(plan)).stderr;
    };
    assert.equal(
      await remarkOn("--preset", "vgg", "--set", "model.solver=euler,heun"),
      "remark: model.solver makes no difference here: vgg has no puppeteer\n",
    );
    assert.equal(await remarkOn("--preset", "puppet-vgg", "--set", "model.solver=euler,heun"), "");
    assert.equal(await remarkOn("--set", "model.name=vgg,puppet-vgg", "--channels", "64"), "");
  }));

Deno.test("sweep plan refuses two values where one is meant", () =>
  withFolder(async (folder) => {
    const refusalOf = async (...argv: string[]) => {
      const { code, stderr } = await runCommand(["sweep", "plan", join(folder, "s"), ...argv]);
      assert.equal(code, 2);
      return stderr;
    };
    assert.match(
      await refusalOf("--preset", "vgg", "--epochs", "3", "--set", "training.epochs=1,2"),
      /Cannot set training.epochs: --epochs makes it 3, --set .+ makes it 1; give one of them/,
    );
    assert.match(
      await refusalOf("--table", "5", "--channels", "16", "--set", "model.maxChannels=32"),
      /Cannot set model.maxChannels: --channels makes it 16, --set makes it 32/,
    );
    assert.match(await refusalOf("--table", "3", "--only", ","), /It must be names of presets/);
  }));

Deno.test("planSweep() names the images of tables so that tasks and results find them from anywhere", () =>
  withFolder(async (folder) => {
    const sweep = join(folder, "sweep");
    const only = ["puppet-cnn"];
    await planSweep(sweep, { table: [1], seeds: [1], only, smoke: true, data: "no-such-folder" });
    const { rows, tables } = await readPlan(sweep);
    const directory = resolve("no-such-folder");
    assert.deepEqual(rows.map(({ config }) => config.data.directory), [directory]);
    assert.deepEqual(tables!.overrides, [{ path: "data.directory", value: directory }]);
  }));

Deno.test("planSweep() refuses new settings beside rows that were planned with other options, which no result would name", () =>
  withFolder(async (folder) => {
    const sweep = join(folder, "sweep");
    const plan = (changes: Partial<Parameters<typeof planSweep>[1]>) =>
      planSweep(sweep, { seeds: [1], epochs: 2, ...changes });
    await plan({ set: ["model.solver=euler,heun"] });
    // Known ones again, another seed, another value and another key: in all else they are alike.
    assert.equal((await plan({ set: ["model.solver=heun"], seeds: [2] })).added, 1);
    assert.equal((await plan({ set: ["model.solver=rk4"] })).added, 1);
    assert.equal((await plan({ set: ["model.complexity=jpeg-like"] })).added, 1);
    await assert.rejects(
      plan({ set: ["model.solver=midpoint"], epochs: 3 }),
      /Cannot plan in .+: its rows were planned with other options \(training.epochs is 3 instead of 2\)/,
    );
    await assert.rejects(
      plan({ set: ["model.solver=midpoint"], channels: 64 }),
      /other options \(model.maxChannels is 64 instead of 512\).+ name another folder, or repeat those options/,
    );
    // Where it is called by them they may differ.
    assert.equal((await plan({ set: ["model.solver=midpoint", "model.maxChannels=64"] })).added, 1);
    assert.equal((await plan({ preset: "vgg", epochs: 3 })).added, 1);
    const { rows } = await readPlan(sweep);
    assert.deepEqual([rows.length, rows.at(-1)!.config.training.epochs], [7, 3]);
    const named = join(folder, "named");
    await planSweep(named, { seeds: [1], set: ["model.maxChannels=32,64"] });
    await assert.rejects(
      planSweep(named, { seeds: [1], channels: 16, set: ["model.solver=heun"] }),
      /Cannot plan with --channels 16: .+ called by model.maxChannels.+ write --set model.maxChannels=16$/,
    );
  }));
