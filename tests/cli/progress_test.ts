import assert from "node:assert/strict";
import stringWidth from "string-width";
import { createProgress } from "../../cli/progress.ts";
import { repositoryRoot } from "../helpers/run_command.ts";
import { TINY_COMMAND, withCommandFolders } from "../helpers/tiny_command.ts";

/** Whether `script` of Linux can give a command a terminal. */
const hasTerminal = (() => {
  if (Deno.build.os !== "linux") return false;
  try {
    return new Deno.Command("script", { args: ["-qec", "true", "/dev/null"] }).outputSync().success;
  } catch {
    return false;
  }
})();

/** A display whose clock and text the test holds. */
function createFixture(options: { isTerminal: boolean; quiet?: boolean; unit?: string }) {
  const written: string[] = [];
  const clock = { milliseconds: 0 };
  const progress = createProgress({
    ...options,
    columns: () => 60,
    write: (text) => written.push(text),
    now: () => clock.milliseconds,
  });
  return { progress, written, clock };
}

Deno.test("createProgress() redraws one line with bar, rate and remaining time on a terminal", () => {
  const { progress, written, clock } = createFixture({ isTerminal: true });
  progress.update({ done: 0, total: 1000, text: "epoch 1/2" });
  clock.milliseconds = 10_000;
  progress.update({ done: 500, total: 1000, text: "epoch 1/2" });
  assert.equal(
    written.at(-1),
    "\r\x1b[K[#####-----] 50 %, 50 images/s, 10 s left  epoch 1/2",
  );
  progress.end("done");
  assert.equal(written.slice(-2).join(""), "\r\x1b[Kdone\n");
});

Deno.test("createProgress() never cuts off the remaining time, however narrow the terminal", () => {
  for (const columns of [100, 80, 60, 40, 30, 20]) {
    const written: string[] = [];
    let now = 0;
    const progress = createProgress({
      isTerminal: true,
      columns: () => columns,
      write: (text) => written.push(text.replace("\r\x1b[K", "")),
      now: () => now,
    });
    progress.update({ done: 0, total: 100_000, text: "epoch 1/100 loss 2.3026" });
    now = 10_000;
    progress.update({ done: 2000, total: 100_000, text: "epoch 1/100 loss 2.3026" });
    assert.match(written.at(-1)!, /8 min 10 s left/, `${columns} columns`);
    assert.ok(written.at(-1)!.length < columns);
  }
});

Deno.test("createProgress() asks for the width with every line", () => {
  const written: string[] = [];
  let columns = 80;
  const progress = createProgress({
    isTerminal: true,
    columns: () => columns,
    write: (text) => written.push(text.replace("\r\x1b[K", "")),
    now: () => 0,
  });
  progress.update({ done: 1, total: 1, text: "x".repeat(100) });
  columns = 30;
  progress.update({ done: 1, total: 1, text: "x".repeat(100) });
  assert.deepEqual(written.map(({ length }) => length), [79, 29]);
});

Deno.test("createProgress() moves by itself where nobody reports anything", async () => {
  const written: string[] = [];
  const progress = createProgress({
    isTerminal: true,
    columns: () => 80,
    write: (text) => written.push(text.replace("\r\x1b[K", "")),
  });
  progress.update({ done: 0, total: null, text: "loading images" });
  await new Promise((resolve) => setTimeout(resolve, 1600));
  progress.end();
  assert.ok(written.includes("1 s  loading images"), `${written}`);
  const count = written.length;
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal(written.length, count, "and stops at its end");
});

Deno.test("createProgress() never fills the last column of a terminal", () => {
  const { progress, written } = createFixture({ isTerminal: true });
  progress.update({ done: 1, total: 2, text: "x".repeat(200) });
  assert.equal(written[0]!.replace("\r\x1b[K", "").length, 59);
});

Deno.test("createProgress() counts places, not UTF-16 units, and cuts no character apart", () => {
  for (const character of ["\u732b", "\ud83d\udc08", "\ud842\udfb7"]) {
    const { progress, written } = createFixture({ isTerminal: true });
    progress.update({ done: 0, total: null, text: character.repeat(40) });
    const line = written[0]!.replace("\r\x1b[K", "");
    // The 59 places before the last column hold 29 characters of two places.
    assert.equal(line, character.repeat(29));
    progress.update({ done: 1, total: 2, text: character.repeat(24), urgent: true });
    const drawn = written[1]!.replace("\r\x1b[K", "");
    assert.ok(stringWidth(drawn) <= 59 && drawn.isWellFormed(), drawn);
    assert.ok(drawn.endsWith(`50 %  ${character.repeat(24)}`), drawn);
  }
});

Deno.test({
  name: "train redraws no line on a dumb terminal (needs script)",
  ignore: !hasTerminal,
  fn: () =>
    withCommandFolders(async (data, run) => {
      const said = async (terminal: string) => {
        const argv = ["train", ...TINY_COMMAND, "--data", data, "--run", `${run}-${terminal}`];
        const command = [
          Deno.execPath(),
          "run",
          "-A",
          `${repositoryRoot}/main.ts`,
          ...argv,
          "--epochs",
          "1",
        ];
        const { stdout } = await new Deno.Command("script", {
          args: ["-qec", command.map((word) => `'${word}'`).join(" "), "/dev/null"],
          env: { TERM: terminal },
          stdin: "null",
        }).output();
        return new TextDecoder().decode(stdout);
      };
      assert.ok((await said("xterm")).includes("\r\x1b[K"));
      const dumb = await said("dumb");
      assert.ok(!dumb.includes("\x1b"), dumb);
      assert.match(dumb, /^epoch 1\/1: loss/m);
    }),
});

Deno.test("createProgress() redraws at most ten times a second", () => {
  const { progress, written, clock } = createFixture({ isTerminal: true });
  for (let done = 0; done < 100; done++) {
    clock.milliseconds += 10;
    progress.update({ done, total: 1000, text: "" });
  }
  assert.ok(written.length <= 11, `${written.length} lines`);
});

Deno.test("createProgress() writes plain lines every 10 % where there is no terminal", () => {
  const { progress, written, clock } = createFixture({ isTerminal: false });
  for (let done = 0; done <= 1000; done += 5) {
    clock.milliseconds += 100;
    progress.update({ done, total: 1000, text: "epoch 1/1" });
  }
  progress.end("done");
  assert.equal(written.length, 11);
  assert.match(written[0]!, /^10 %, 50 images\/s, 18 s left {2}epoch 1\/1\n$/);
  for (const text of written) assert.ok(!text.includes("\r") && !text.includes("\x1b"));
});

Deno.test("createProgress() writes a plain line every 10 s of a slow job", () => {
  const { progress, written, clock } = createFixture({ isTerminal: false });
  for (let second = 0; second <= 60; second++) {
    clock.milliseconds = second * 1000;
    progress.update({ done: second, total: 1_000_000, text: "slow" });
  }
  assert.equal(written.length, 6);
  assert.match(written[0]!, /^0 %, 1\.0 images\/s, 11 d 13 h left {2}slow\n$/);
});

Deno.test("createProgress() counts bytes and does without a total", () => {
  const { progress, written, clock } = createFixture({ isTerminal: true, unit: "bytes" });
  progress.update({ done: 0, total: null, text: "file" });
  clock.milliseconds = 2000;
  progress.update({ done: 5e6, total: null, text: "file" });
  assert.equal(written.at(-1), "\r\x1b[K5.0 MB, 2.5 MB/s  file");
});

Deno.test("createProgress() shows the caller's rate but measures the remaining time", () => {
  const { progress, written, clock } = createFixture({ isTerminal: true });
  progress.update({ done: 0, total: 100, text: "", rate: 50 });
  clock.milliseconds = 10_000;
  progress.update({ done: 50, total: 100, text: "", rate: 50 });
  assert.match(written.at(-1)!, /50 images\/s, 10 s left/);
});

Deno.test("createProgress() does not count the time in which the process was halted", () => {
  const { progress, written, clock } = createFixture({ isTerminal: false });
  for (let done = 0; done <= 100; done += 10) {
    progress.update({ done, total: 1000, text: "epoch 1/2" });
    clock.milliseconds += 10_000;
  }
  clock.milliseconds += 3_600_000;
  progress.update({ done: 110, total: 1000, text: "epoch 1/2" });
  // An image a second, before and after the hour.
  assert.match(written.at(-1)!, /^11 %, 1\.1 images\/s, 13 min \d+ s left/);
});

Deno.test("createProgress() counts pauses that belong to the work", () => {
  const { progress, written, clock } = createFixture({ isTerminal: false });
  for (const seconds of [0, 70, 70, 90]) {
    clock.milliseconds += seconds * 1000;
    progress.update({ done: clock.milliseconds / 1000, total: 1000, text: "images" });
  }
  assert.match(written.at(-1)!, /1\.0 images\/s, 12 min 50 s left/);
});

Deno.test("createProgress() keeps notes above the moving line", () => {
  const { progress, written } = createFixture({ isTerminal: true });
  progress.update({ done: 1, total: 2, text: "moving" });
  progress.note("epoch 1 done");
  assert.ok(written.at(-1)!.startsWith("\r\x1b[Kepoch 1 done\n["));
  assert.ok(written.at(-1)!.endsWith("moving"));
});

Deno.test("createProgress() says nothing with quiet", () => {
  const { progress, written } = createFixture({ isTerminal: true, quiet: true });
  progress.update({ done: 1, total: 1, text: "x" });
  progress.note("x");
  progress.end("x");
  assert.deepEqual(written, []);
});

Deno.test("createProgress() lets no text from a file move the cursor", () => {
  for (const isTerminal of [true, false]) {
    const { progress, written } = createFixture({ isTerminal });
    progress.note("a\u001b[2Jb");
    progress.end("c\u009b31m\r");
    assert.equal(written.join(""), "a?[2Jb\nc?31m \n");
  }
});

Deno.test("createProgress() measures a job that starts over anew", () => {
  const { progress, written, clock } = createFixture({ isTerminal: true, unit: "levels" });
  const text = "generating kernels";
  for (const start of [0, 100_000]) {
    for (const tenth of [1, 5, 10]) {
      clock.milliseconds = start + 100 * tenth;
      progress.update({ done: tenth / 10, total: 1, text });
      if (tenth === 5) assert.match(written.at(-1)!, /50 %, 1\.0 levels\/s, 1 s left/);
    }
  }
});

Deno.test("createProgress() shows a rate that is slow as more than nothing", () => {
  const { progress, written, clock } = createFixture({ isTerminal: true, unit: "figures" });
  progress.update({ done: 0, total: 10, text: "measuring speed" });
  clock.milliseconds = 50_000;
  progress.update({ done: 2, total: 10, text: "measuring speed" });
  assert.match(written.at(-1)!, /20 %, 0\.04 figures\/s, 3 min 20 s left/);
});
