import assert from "node:assert/strict";
import { join } from "node:path";
import { planSweep } from "../../cli/sweep_plan.ts";
import { runCommand } from "../helpers/run_command.ts";
import { withFolder } from "../helpers/with_folder.ts";

/** Runs `sweep ACTION` without starting anything, and gives what stands on stdout. */
async function shown(action: string, folder: string, ...options: string[]): Promise<string> {
  const argv = ["sweep", action, folder, "--dry-run", "--quiet", ...options];
  const { code, stdout, stderr } = await runCommand(argv);
  assert.equal(code, 0, stderr);
  return stdout;
}

async function withPlan(body: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (outer) => {
    const folder = join(outer, "a b");
    await planSweep(folder, { preset: "vgg", seeds: [1, 2] });
    await body(folder);
  });
}

Deno.test("sweep --dry-run --json gives the commands of the rows, word by word", () =>
  withPlan(async (folder) => {
    for (const action of ["run", "retry"]) {
      const { executor, rows, commands } = JSON.parse(await shown(action, folder, "--json"));
      assert.deepEqual([executor, rows], ["local", [0, 1]]);
      assert.deepEqual(commands[1].slice(-6), ["sweep", "task", folder, "--quiet", "--index", "1"]);
      const lines = (await shown(action, folder)).trimEnd().split("\n");
      assert.equal(lines.length, 2);
      assert.ok(lines[1]!.endsWith(`sweep task '${folder}' --quiet --index 1`), lines[1]);
    }
  }));

Deno.test("sweep --dry-run --json gives both scripts of Slurm", () =>
  withPlan(async (folder) => {
    const slurm = ["--executor", "slurm"];
    const { executor, rows, scripts } = JSON.parse(await shown("run", folder, ...slurm, "--json"));
    assert.deepEqual([executor, rows], ["slurm", [0, 1]]);
    assert.match(scripts.tasks, /^#!.*\n[^]*sweep task/);
    assert.match(scripts.results, /^#!.*\n[^]*sweep results/);
    assert.equal(await shown("run", folder, ...slurm), `${scripts.tasks}\n${scripts.results}\n`);
  }));

Deno.test("sweep --executor kubernetes --json gives the Job", () =>
  withPlan(async (folder) => {
    const pods = ["--executor", "kubernetes", "--image", "i", "--claim", "c"];
    const { executor, job } = JSON.parse(await shown("run", folder, ...pods, "--json"));
    assert.deepEqual([executor, job.kind, job.spec.completions], ["kubernetes", "Job", 2]);
    assert.match(await shown("run", folder, ...pods), /^apiVersion: batch\/v1\nkind: Job\n/);
  }));

Deno.test("compare --executor local --dry-run --json is one document, too", () =>
  withFolder(async (folder) => {
    const argv = [
      "compare",
      "--table",
      "1",
      "--only",
      "puppet-cnn",
      "--smoke",
      "--backend",
      "wasm",
    ];
    const run = [...argv, "--executor", "local", "--dry-run", "--json"];
    const { code, stdout, stderr } = await runCommand(run, { cwd: folder });
    assert.equal(code, 0, stderr);
    const { executor, commands } = JSON.parse(stdout);
    assert.deepEqual([executor, commands.length], ["local", 1]);
  }));

Deno.test("sweep run writes nothing where no program may be started", () =>
  withPlan(async (folder) => {
    const before = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    const permissions = ["--allow-read", "--allow-write", "--allow-env", "--allow-sys"];
    const { code, stderr } = await runCommand(["sweep", "run", folder], { permissions });
    assert.equal(code, 1, stderr);
    assert.match(
      stderr,
      /^error: Deno refused an access: it needs run access to .*deno task sweep/m,
    );
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), before);
  }));

Deno.test("sweep submits no row that Slurm has in its queue, and says what it waits for", () =>
  withPlan(async (folder) => {
    const bin = join(folder, "bin");
    await Deno.mkdir(bin);
    const squeue = "#!/bin/sh\necho '101 1 PENDING (Resources)'\n";
    await Deno.writeTextFile(join(bin, "squeue"), squeue, { mode: 0o755 });
    const submission = {
      ...{ executor: "slurm", at: new Date(0).toISOString(), host: "here", process: 1 },
      ...{ arrays: [{ job: "101", offset: 0 }], report: "102" },
    };
    await Deno.writeTextFile(join(folder, "submissions.json"), JSON.stringify([submission]));
    const env = { PATH: `${bin}:${Deno.env.get("PATH")}` };
    const read = async (...argv: string[]) => {
      const { code, stdout, stderr } = await runCommand(["sweep", ...argv, "--json"], { env });
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout);
    };
    const { rows } = await read("run", folder, "--executor", "slurm", "--dry-run");
    assert.deepEqual(rows, [0]);
    const status = await read("status", folder);
    assert.deepEqual(
      status.map(({ state, remark }: Record<string, string>) => [state, remark]),
      [["waiting", ""], ["waiting", "101_1 pending (Resources)"]],
    );
  }));
