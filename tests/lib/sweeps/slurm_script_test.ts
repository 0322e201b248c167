import assert from "node:assert/strict";
import {
  arrayArguments,
  readSlurmQueue,
  reportArguments,
  submitToSlurm,
} from "../../../lib/sweeps/slurm_executor.ts";
import {
  cutIntoArrays,
  renderReportScript,
  renderTaskScript,
} from "../../../lib/sweeps/slurm_script.ts";
import { withFolder } from "../../helpers/with_folder.ts";

const PARTS = {
  program: ["/usr/bin/deno", "run", "main.ts"],
  folder: "/shared/it's mine",
  directory: "/home/$USER",
  retries: 2,
};

Deno.test("renderTaskScript() asks for what it is told, and is a script that bash reads", async () => {
  const script = renderTaskScript({
    ...{ partition: "gpu", account: "lab", time: "2:00:00", cpus: 4, mem: "8G", gres: "gpu:1" },
    sbatch: ["--constraint=h100", "--exclude=node7"],
  }, PARTS);
  for (
    const line of [
      "#SBATCH --partition=gpu",
      "#SBATCH --account=lab",
      "#SBATCH --time=2:00:00",
      "#SBATCH --cpus-per-task=4",
      "#SBATCH --mem=8G",
      "#SBATCH --gres=gpu:1",
      "#SBATCH --constraint=h100",
      "#SBATCH --exclude=node7",
      "#SBATCH --requeue",
      "#SBATCH --open-mode=append",
      "#SBATCH --signal=B:USR1@120",
    ]
  ) assert.ok(script.split("\n").includes(line), line);
  // Directives end at the first command.
  const lines = script.split("\n");
  assert.ok(
    lines.findLastIndex((line) => line.startsWith("#SBATCH")) <
      lines.findIndex((line) => /^cd /.test(line)),
  );
  assert.match(script, /sweep task '\/shared\/it'\\''s mine' --index "\$row" &/);
  assert.match(script, /cd '\/home\/\$USER'/);
  const check = await new Deno.Command("bash", { args: ["-n", "-c", script] }).output();
  assert.ok(check.success, new TextDecoder().decode(check.stderr));
});

Deno.test("a value that sbatch would split or cut off is put in quotation marks", () => {
  const script = renderTaskScript({
    cpus: 1,
    sbatch: ["--comment=a b", "--wckey=a#b", '--mail-user="c d"', "--exclude=n[1-2]"],
  }, PARTS);
  const found = script.split("\n").filter((line) => /comment|wckey|mail|exclude/.test(line));
  assert.deepEqual(found, [
    '#SBATCH --comment="a b"',
    '#SBATCH --wckey="a#b"',
    '#SBATCH --mail-user="c d"',
    "#SBATCH --exclude=n[1-2]",
  ]);
});

Deno.test("the results are made after all tasks, whatever became of them", () => {
  assert.deepEqual(reportArguments("/s", ["7", "8"]).slice(1, 3), [
    "--dependency=afterany:7:8",
    "--kill-on-invalid-dep=yes",
  ]);
  const script = renderReportScript({ cpus: 16, gres: "gpu:4", sbatch: ["--array=0-9"] }, PARTS);
  assert.match(script, /#SBATCH --cpus-per-task=1\n/);
  assert.doesNotMatch(script, /gres|--array/);
});

Deno.test("arrays are cut at MaxArraySize, and their files do not meet", () => {
  const chunks = cutIntoArrays([0, 1, 2, 9, 10, 25], 10);
  assert.deepEqual(chunks, [
    { offset: 0, indices: [0, 1, 2, 9] },
    { offset: 10, indices: [0] },
    { offset: 20, indices: [5] },
  ]);
  const argv = chunks.map((chunk) => arrayArguments(chunk, { folder: "/s", arrayLimit: 3 }));
  assert.deepEqual(argv[0], [
    "--parsable",
    "--array=0-2,9%3",
    "--output=/s/logs/%a.out",
    "/s/tasks.sbatch",
    "0",
  ]);
  assert.deepEqual(argv[2]!.slice(2), ["--output=/s/logs/20+%a.out", "/s/tasks.sbatch", "20"]);
});

Deno.test("a task that is told to save, is killed or fails is queued again, others are not", async () => {
  const run = async (task: string, signal = "", failures = 0, before = "") => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.mkdir(`${folder}/logs`);
      await Deno.writeTextFile(`${folder}/logs/failures-7_3`, "1\n".repeat(failures));
      await Deno.writeTextFile(
        `${folder}/scontrol`,
        `#!/bin/sh\necho "$@" > ${folder}/asked; kill -TERM $PPID\n`,
      );
      await Deno.writeTextFile(`${folder}/task`, `#!/bin/bash\n${task}\n`);
      for (const name of ["scontrol", "task"]) await Deno.chmod(`${folder}/${name}`, 0o755);
      const script = renderTaskScript({ cpus: 1, sbatch: [] }, {
        ...{ program: [`${folder}/task`], folder, directory: folder, retries: 2 },
      }).replace(/\n(?=if .*told)/, () => `\n${before}\n`);
      const child = new Deno.Command("bash", {
        args: ["-c", script],
        env: {
          PATH: `${folder}:${Deno.env.get("PATH")}`,
          SLURM_ARRAY_JOB_ID: "7",
          SLURM_ARRAY_TASK_ID: "3",
        },
        stdout: "null",
        stderr: "null",
      }).spawn();
      if (signal !== "") {
        await new Promise((resolve) => setTimeout(resolve, 500));
        child.kill(signal as Deno.Signal);
      }
      const { code } = await child.status;
      const asked = await Deno.readTextFile(`${folder}/asked`).catch(() => "");
      return [code, asked.trim()];
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
  const saving = "trap 'sleep 0.2; exit 143' TERM; sleep 20 & wait $!";
  const again = "requeue 7_3";
  assert.deepEqual(await run("exit 0"), [0, ""]);
  assert.deepEqual(await run("exit 6"), [6, ""]);
  assert.deepEqual(await run("exit 1"), [0, again]);
  // A failure before the attempt is noted counts as well: it is not repeated for ever.
  assert.deepEqual(await run("exit 1", "", 1), [0, again]);
  assert.deepEqual(await run("exit 1", "", 2), [1, ""]);
  assert.deepEqual(await run("kill -KILL $$"), [0, again]);
  assert.deepEqual(await run(saving, "SIGUSR1"), [0, again]);
  assert.deepEqual(await run(saving, "SIGTERM"), [143, ""]);
  // So early that there is no task yet.
  assert.deepEqual(await run(saving, "", 0, "kill -USR1 $$"), [0, again]);
  assert.deepEqual(await run(saving, "", 0, "kill -TERM $$"), [143, ""]);
});

/** Puts programs into the folder `bin` that stand in for Slurm's, for as long as the body runs. */
async function withPrograms(
  folder: string,
  programs: Readonly<Record<string, string>>,
  body: () => Promise<void>,
): Promise<void> {
  const bin = `${folder}/bin`;
  await Deno.mkdir(bin);
  for (const [name, script] of Object.entries(programs)) {
    await Deno.writeTextFile(`${bin}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const path = Deno.env.get("PATH")!;
  Deno.env.set("PATH", `${bin}:${path}`);
  try {
    await body();
  } finally {
    Deno.env.set("PATH", path);
  }
}

/** Two arrays on a cluster of short ones. */
const ROWS = Array.from({ length: 12 }, (_, row) => row);

Deno.test("an array that Slurm has taken is noted, though the next is refused", () =>
  withFolder(async (folder) => {
    const programs = {
      scontrol: "echo 'MaxArraySize = 10'",
      sbatch:
        `case "$*" in *--array=0-9*) echo 101;; *) echo QOSMaxSubmitJobPerUserLimit >&2; exit 1;; esac`,
    };
    const noted: unknown[] = [];
    await withPrograms(folder, programs, async () => {
      const parts = { ...PARTS, folder, rows: ROWS, slurm: { cpus: 1, sbatch: [] } };
      await assert.rejects(
        submitToSlurm(parts, (jobs) => Promise.resolve(void noted.push(jobs))),
        /QOSMaxSubmitJobPerUserLimit/,
      );
      await assert.rejects(
        submitToSlurm({ ...parts, folder: `${folder}/100%j` }, () => Promise.resolve()),
        /Slurm, which reads "%"/,
      );
    });
    assert.deepEqual(noted, [{ arrays: [{ job: "101", offset: 0 }], report: null }]);
  }));

Deno.test("a job of a named cluster is known by its number, and its tasks in the queue by their rows", () =>
  withFolder(async (folder) => {
    const programs = {
      scontrol: "echo 'MaxArraySize = 10'",
      sbatch: `case "$*" in *--array=0-9*) echo '101;lab';; *--array*) echo '102;lab';; ` +
        `*afterany:101:102*) echo '103;lab';; *) exit 1;; esac`,
      squeue: "echo '101 9 RUNNING node7'; echo '102 1 PENDING (Resources)'; " +
        "echo '103 N/A PENDING (Dependency)'; echo '7 3 RUNNING node8'",
    };
    await withPrograms(folder, programs, async () => {
      const parts = { ...PARTS, folder, rows: ROWS, slurm: { cpus: 1, sbatch: [] } };
      const jobs = await submitToSlurm(parts, () => Promise.resolve());
      const arrays = [{ job: "101", offset: 0 }, { job: "102", offset: 10 }];
      assert.deepEqual(jobs, { arrays, report: "103" });
      const at = new Date(0).toISOString();
      const submission = { executor: "slurm", at, host: "here", process: 1, ...jobs } as const;
      assert.deepEqual(await readSlurmQueue([submission]), [
        { job: "101_9", row: 9, state: "RUNNING", reason: "node7" },
        { job: "102_1", row: 11, state: "PENDING", reason: "(Resources)" },
      ]);
    });
  }));

Deno.test("a task's row is its index and the array's offset, and its threads are the cores it got", () =>
  withFolder(async (folder) => {
    const task = `${folder}/task`;
    await Deno.writeTextFile(task, `#!/bin/sh\necho "$OMP_NUM_THREADS: $@" > '${folder}/asked'\n`);
    await Deno.chmod(task, 0o755);
    const parts = { program: [task], folder: "/plan", directory: folder, retries: 0 };
    const run = async (cores: Record<string, string>, offset: readonly string[]) => {
      const { code } = await new Deno.Command("bash", {
        args: ["-c", renderTaskScript({ cpus: 6, sbatch: [] }, parts), "tasks.sbatch", ...offset],
        env: { SLURM_ARRAY_TASK_ID: "3", ...cores },
      }).output();
      assert.equal(code, 0);
      return (await Deno.readTextFile(`${folder}/asked`)).trim();
    };
    const cores = { SLURM_CPUS_PER_TASK: "4" };
    assert.equal(await run(cores, ["10"]), "4: sweep task /plan --index 13");
    assert.equal(await run({}, []), "6: sweep task /plan --index 3");
  }));
