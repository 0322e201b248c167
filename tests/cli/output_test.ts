import assert from "node:assert/strict";
import {
  ClosedOutputError,
  obeysEscapes,
  type StreamName,
  wantsColor,
  writeText,
} from "../../cli/output.ts";
import { repositoryRoot, runCommand } from "../helpers/run_command.ts";

function wants(isTerminal: boolean, variables: Readonly<Record<string, string>>): boolean {
  return wantsColor({ isTerminal, environment: (name) => variables[name] });
}

Deno.test("wantsColor() follows the terminal, NO_COLOR, TERM and FORCE_COLOR, the last one first", () => {
  assert.equal(wants(true, {}), true);
  assert.equal(wants(false, {}), false);
  assert.equal(wants(true, { NO_COLOR: "1" }), false);
  assert.equal(wants(true, { NO_COLOR: "" }), true);
  assert.equal(wants(true, { TERM: "dumb" }), false);
  assert.equal(wants(false, { FORCE_COLOR: "1" }), true);
  assert.equal(wants(true, { FORCE_COLOR: "0" }), false);
  assert.equal(wants(false, { FORCE_COLOR: "1", NO_COLOR: "1" }), true);
});

Deno.test("obeysEscapes() asks for a terminal that is not a dumb one, whatever is said of colours", () => {
  const obeys = (isTerminal: boolean, variables: Readonly<Record<string, string>>) =>
    obeysEscapes({ isTerminal, environment: (name) => variables[name] });
  assert.equal(obeys(true, {}), true);
  assert.equal(obeys(true, { TERM: "dumb", FORCE_COLOR: "1" }), false);
  assert.equal(obeys(true, { NO_COLOR: "1" }), true);
  assert.equal(obeys(false, { FORCE_COLOR: "1" }), false);
});

Deno.test("puppet-cnn writes no escape sequence to a pipe, and colours where FORCE_COLOR asks", async () => {
  const plain = await runCommand(["train", "--epoch"]);
  assert.ok(!plain.stderr.includes("\x1b"));
  const forced = await runCommand(["train", "--epoch"], { env: { FORCE_COLOR: "1" } });
  // deno-lint-ignore no-control-regex
  assert.match(forced.stderr, /^\x1b\[31merror:\x1b\[39m /);
  const refused = await runCommand(["train", "--epoch"], { env: { NO_COLOR: "1" } });
  assert.ok(!refused.stderr.includes("\x1b"));
});

/** Puts another write in the place of a stream's, for the time of a call. */
function withWrite(stream: StreamName, write: (bytes: Uint8Array) => number, call: () => void) {
  const before = Deno[stream].writeSync;
  Deno[stream].writeSync = write;
  try {
    call();
  } finally {
    Deno[stream].writeSync = before;
  }
}

Deno.test("writeText() waits for a full stream that does not block, and loses nothing", () => {
  const taken: number[] = [];
  let calls = 0;
  const write = (bytes: Uint8Array) => {
    calls += 1;
    if (calls % 3 !== 0) throw new Deno.errors.WouldBlock("try again");
    const some = bytes.subarray(0, 4);
    taken.push(...some);
    return some.length;
  };
  withWrite("stdout", write, () => writeText("all of this text", "stdout"));
  assert.equal(new TextDecoder().decode(Uint8Array.from(taken)), "all of this text");
});

Deno.test("writeText() throws for stdout what it forgives stderr", () => {
  const full = Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
  for (
    const [error, expected] of [
      [full, {
        name: "PuppetError",
        message: /^Cannot write the result to stdout: No space.*; give/,
      }],
      [new Deno.errors.BrokenPipe("gone"), ClosedOutputError],
    ] as const
  ) {
    const write = () => {
      throw error;
    };
    withWrite("stderr", write, () => writeText("talk", "stderr"));
    withWrite("stdout", write, () => assert.throws(() => writeText("result", "stdout"), expected));
  }
});

Deno.test({
  name: "a stderr that cannot be written changes neither result nor exit code",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    for (const [argv, expected] of [[["models", "vgg"], 0], [["train", "--epoch"], 2]] as const) {
      const { code, stdout } = await new Deno.Command("sh", {
        args: [
          "-c",
          'exec "$@" 2>/dev/full',
          "sh",
          Deno.execPath(),
          "run",
          "-A",
          "main.ts",
          ...argv,
        ],
        cwd: repositoryRoot,
        stdout: "piped",
      }).output();
      assert.equal(code, expected);
      assert.equal(stdout.length > 0, expected === 0);
    }
  },
});
