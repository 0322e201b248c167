import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { withStopSignals } from "../../cli/stop_signals.ts";

const FIXTURE = fileURLToPath(new URL("fixtures/stoppable_job.ts", import.meta.url));

/** Starts the job, sends signals one by one, each after the job's next line, and returns what it said. */
async function sendSignals(
  signals: readonly Deno.Signal[],
  argv: readonly string[] = [],
  prefix: readonly string[] = [],
): Promise<{ readonly code: number; readonly text: string }> {
  const [program = "", ...args] = [...prefix, Deno.execPath(), "run", "--allow-ffi", FIXTURE];
  const child = new Deno.Command(program, {
    args: [...args, ...argv],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const waiting = [...signals];
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const next = waiting.shift();
    if (next !== undefined) child.kill(next);
    // What is ignored brings no further line.
    if (prefix.length > 0) { for (const signal of waiting.splice(0)) child.kill(signal); }
  }
  const { code } = await child.status;
  return { code, text };
}

Deno.test("withStopSignals() stops the job, tells of it, and lets it finish in good order after one signal", async () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGUSR1", "SIGHUP"] as const) {
    const { code, text } = await sendSignals([signal]);
    assert.equal(text, `ready\nstopping\nheard ${signal}\nsaved after ${signal}\n`);
    assert.equal(code, 0);
  }
});

Deno.test({
  name: "withStopSignals() leaves SIGHUP alone under nohup",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const { text } = await sendSignals(["SIGHUP", "SIGTERM"], [], ["nohup"]);
    assert.equal(text, "ready\nstopping\nheard SIGTERM\nsaved after SIGTERM\n");
  },
});

Deno.test("withStopSignals() leaves at once after the second signal, with its code", async () => {
  const interrupted = await sendSignals(["SIGINT", "SIGINT"], ["stubborn"]);
  assert.equal(interrupted.text, "ready\nstopping\nheard SIGINT\n");
  assert.equal(interrupted.code, 130);
  const terminated = await sendSignals(["SIGINT", "SIGTERM"], ["stubborn"]);
  assert.equal(terminated.code, 143);
  const warned = await sendSignals(["SIGUSR1", "SIGUSR1"], ["stubborn"]);
  assert.equal(warned.code, 138);
});

Deno.test("withStopSignals() returns the result and leaves no listener behind", async () => {
  const { result, signal } = await withStopSignals(
    (abort) => Promise.resolve(abort.aborted),
    () => assert.fail("no signal was sent"),
  );
  assert.equal(result, false);
  assert.equal(signal, null);
  await assert.rejects(
    withStopSignals(() => Promise.reject(new Error("failed")), () => {}),
    /failed/,
  );
});
