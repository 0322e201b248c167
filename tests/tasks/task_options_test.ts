import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { UsageError } from "../../lib/errors.ts";
import {
  readPositive,
  readTaskArguments,
  readWhole,
  readWord,
  refusePositionals,
} from "../../tasks/task_options.ts";

const OPTIONS = { steps: { type: "string", default: "5" }, quick: { type: "boolean" } } as const;

Deno.test("readTaskArguments() reads options, positional arguments, and passes --debug over", () => {
  const args = ["folder", "--steps", "7", "--debug", "--quick"];
  const { values, positionals } = readTaskArguments("help", OPTIONS, args);
  assert.deepEqual({ ...values }, { steps: "7", quick: true });
  assert.deepEqual(positionals, ["folder"]);
  assert.equal(readTaskArguments("help", OPTIONS, []).values.steps, "5");
});

Deno.test("readTaskArguments() refuses what it does not know, and gives help", () => {
  const read = (...args: string[]) => () => readTaskArguments("the help", OPTIONS, args);
  assert.throws(read("--stepps", "7"), (error) => {
    assert.ok(error instanceof UsageError);
    assert.equal(error.message, "Unknown option '--stepps'; --help lists the options");
    return true;
  });
  assert.throws(read("--steps"), UsageError);
  for (const flag of ["--help", "-h"]) {
    assert.throws(read("--stepps", flag), { name: "HelpRequest", message: "the help" });
  }
});

Deno.test("the readers of values say what is allowed and what was given", () => {
  assert.equal(readWhole("steps", "12"), 12);
  assert.equal(readWhole("seed", "0", 0), 0);
  for (const text of ["0", "-1", "1.5", "a", "", " ", "1e99"]) {
    assert.throws(() => readWhole("steps", text), /--steps must be an integer of at least 1/);
  }
  assert.equal(readPositive("scale", "0.5"), 0.5);
  for (const text of ["0", "-1", "x", "", "Infinity"]) {
    assert.throws(() => readPositive("scale", text), /--scale must be a number above 0/);
  }
  assert.equal(readWord("base", "paper", ["paper", "other"]), "paper");
  assert.throws(
    () => readWord("base", "papers", ["paper", "other"]),
    /--base must be one of paper, other, current value is "papers"/,
  );
  refusePositionals(["a"], 1);
  assert.throws(() => refusePositionals(["a"]), /the argument "a"/);
});

const TASKS = ["bench", "bench_complexity", "fuzz", "gpu_proof", "install_native", "kill_test"];
TASKS.push("long_run", "pack_visit", "quickstart", "study");

for (const task of TASKS) {
  Deno.test(`task ${task} has help, and refuses an unknown option without a stack`, async () => {
    const program = fileURLToPath(new URL(`../../tasks/${task}.ts`, import.meta.url));
    const run = async (flag: string) => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-check", "--allow-all", program, flag],
        env: { NO_COLOR: "1" },
      }).output();
      const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, out: textOf(stdout), err: textOf(stderr) };
    };
    const help = await run("--help");
    assert.equal(help.code, 0, help.err);
    assert.match(help.out, new RegExp(`^Usage: deno task ${task.replaceAll("_", "-")}`, "m"));
    assert.deepEqual(await run("--nonsense"), {
      code: 2,
      out: "",
      err: "error: Unknown option '--nonsense'; --help lists the options\n",
    });
  });
}
