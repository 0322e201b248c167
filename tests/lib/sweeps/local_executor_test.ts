import assert from "node:assert/strict";
import { join } from "node:path";
import { runLocally, type TaskVerdict } from "../../../lib/sweeps/local_executor.ts";
import { withFolder } from "../../helpers/with_folder.ts";

/** What is not said. */
const OPTIONS = {
  jobs: 2,
  retries: 2,
  signal: new AbortController().signal,
  judge: (code: number): TaskVerdict => code === 0 ? "over" : code === 1 ? "may-pass" : "failed",
};

Deno.test("runLocally() begins a row again as often as it may, and no more, whatever its task notes", async () => {
  const ends: string[] = [];
  const failed = await runLocally({
    ...OPTIONS,
    command: ["sh", "-c", 'exit "$0"'],
    rows: [0, 1, 3],
    onExit: ({ row, code }) => ends.push(`${row}: ${code}`),
  });
  assert.deepEqual(ends.sort(), ["0: 0", "1: 1", "1: 1", "1: 1", "3: 3"]);
  assert.deepEqual(failed.sort(), [1, 3]);
});

Deno.test("runLocally() gives a task the cores that were asked for, however few rows are left", async () => {
  const check = (cores: string) => ["sh", "-c", `[ "$OMP_NUM_THREADS" = ${cores} ] || exit 9`];
  const codesOf = async (cpus: number | undefined, cores: number) => {
    const codes: number[] = [];
    const onExit = ({ code }: { code: number }) => codes.push(code);
    await runLocally({ ...OPTIONS, jobs: 4, cpus, command: check(`${cores}`), rows: [0], onExit });
    return codes;
  };
  assert.deepEqual(await codesOf(2, 2), [0]);
  assert.deepEqual(await codesOf(undefined, navigator.hardwareConcurrency), [0]);
});

Deno.test("runLocally() has as many tasks at work as asked for, and no more", () =>
  withFolder(async (folder) => {
    const file = join(folder, "open");
    // The first two wait for each other.
    const script = `echo 1 >> '${file}'; for try in $(seq 100); do ` +
      `[ "$(grep -c '^1' '${file}')" -gt 1 ] && break; sleep 0.05; done; echo -1 >> '${file}'`;
    await runLocally({ ...OPTIONS, command: ["sh", "-c", script], rows: [0, 1, 2, 3, 4, 5] });
    const changes = (await Deno.readTextFile(file)).trim().split("\n").map(Number);
    assert.equal(changes.length, 12);
    let open = 0;
    const most = Math.max(...changes.map((change) => open += change));
    assert.equal(most, 2);
  }));

Deno.test("runLocally() passes a signal on to its tasks, begins no more, and calls none of them failed", () =>
  withFolder(async (folder) => {
    const controller = new AbortController();
    const script = `trap 'exit 9' TERM; touch '${folder}/begun'; sleep 20 & wait $!`;
    const ends: string[] = [];
    const work = runLocally({
      ...{ ...OPTIONS, jobs: 1, signal: controller.signal, rows: [0, 1] },
      command: ["sh", "-c", script],
      onExit: ({ row, code }) => ends.push(`${row}: ${code}`),
    });
    while ((await Array.fromAsync(Deno.readDir(folder))).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    controller.abort();
    assert.deepEqual(await work, []);
    assert.deepEqual(ends, ["0: 9"]);
  }));
