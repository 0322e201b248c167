import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { withStopSignals } from "../../cli/stop_signals.ts";

const FIXTURE = fileURLToPath(new URL("fixtures/stoppable_job.ts", import.meta.url));

/** Starts the job, sends signals one by one, each after the job's next line or after a pause, and returns what it said. */
async function sendSignals(
  signals: readonly (Deno.Signal | number)[],
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
    // What is passed over brings no further line.
    const isLast = text.includes("heard") || prefix.length > 0 && text.includes("ready");
    for (const signal of waiting.splice(0, isLast ? waiting.length : 1)) {
      if (typeof signal === "string") child.kill(signal);
      else await new Promise((resolve) => setTimeout(resolve, signal));
    }
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

Deno.test({
  name:
    "keepIgnoringHangUp() leaves SIGHUP alone under nohup after Deno has a handler of its own, too",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const { text } = await sendSignals(["SIGHUP", "SIGTERM"], ["late"], ["nohup"]);
    assert.equal(text, "loading\nready\nstopping\nheard SIGTERM\nsaved after SIGTERM\n");
  },
});

Deno.test("withStopSignals() leaves at once when SIGINT follows another signal, with its code", async () => {
  for (const [first, ...pause] of [["SIGINT", 600], ["SIGTERM"]] as const) {
    const { code, text } = await sendSignals([first, ...pause, "SIGINT"], ["stubborn"]);
    assert.equal(text, `ready\nstopping\nheard ${first}\n`);
    assert.equal(code, 130);
  }
});

Deno.test("withStopSignals() takes one Ctrl+C for one, though the terminal and deno task both send it", async () => {
  const { code, text } = await sendSignals(["SIGINT", "SIGINT", "SIGINT"], ["slow"]);
  assert.equal(text, "ready\nstopping\nheard SIGINT\nsaved after SIGINT\n");
  assert.equal(code, 0);
});

Deno.test("withStopSignals() lets a job save that is told several times, as batch systems do", async () => {
  for (const first of ["SIGTERM", "SIGUSR1", "SIGHUP"] as const) {
    const { code, text } = await sendSignals([first, "SIGTERM", "SIGTERM"], ["slow"]);
    assert.equal(text, `ready\nstopping\nheard ${first}\nsaved after ${first}\n`);
    assert.equal(code, 0);
  }
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
