import assert from "node:assert/strict";
import { wantsColor } from "../../cli/output.ts";
import { runCommand } from "../helpers/run_command.ts";

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

Deno.test("puppet-cnn writes no escape sequence to a pipe, and colours where FORCE_COLOR asks", async () => {
  const plain = await runCommand(["train", "--epoch"]);
  assert.ok(!plain.stderr.includes("\x1b"));
  const forced = await runCommand(["train", "--epoch"], { env: { FORCE_COLOR: "1" } });
  // deno-lint-ignore no-control-regex
  assert.match(forced.stderr, /^\x1b\[31merror:\x1b\[39m /);
  const refused = await runCommand(["train", "--epoch"], { env: { NO_COLOR: "1" } });
  assert.ok(!refused.stderr.includes("\x1b"));
});
