import assert from "node:assert/strict";
import { join } from "node:path";
import { exitCodeOf, InterruptedError, judgeTask } from "../../cli/exit_codes.ts";
import {
  BackendError,
  CheckpointError,
  DataError,
  DivergenceError,
  PuppetError,
  UsageError,
} from "../../lib/errors.ts";
import { repositoryRoot, runCommand, spawnCommand } from "../helpers/run_command.ts";

Deno.test("exitCodeOf() gives every class of error its documented code", () => {
  const codes: [unknown, number][] = [
    [new UsageError(""), 2],
    [new DataError(""), 3],
    [new CheckpointError(""), 4],
    [new BackendError(""), 5],
    [new DivergenceError(""), 6],
    [new InterruptedError("SIGINT", ""), 130],
    [new InterruptedError("SIGTERM", ""), 143],
    [new PuppetError(""), 1],
    [new RangeError(""), 1],
    ["not an error", 1],
  ];
  for (const [error, code] of codes) assert.equal(exitCodeOf(error), code);
});

Deno.test("judgeTask() tries again what may pass, and leaves what a signal has saved", () => {
  const verdicts = { over: [0, 129, 130, 143], "may-pass": [1, 137, 138], failed: [2, 3, 4, 5, 6] };
  for (const [verdict, codes] of Object.entries(verdicts)) {
    for (const code of codes) assert.equal(judgeTask(code), verdict, `${code}`);
  }
});

Deno.test("a wrong value says key, option, range and current value, and shows no stack", async () => {
  const { code, stdout, stderr } = await runCommand([
    "train",
    "--print-config",
    "--batch-size",
    "0",
  ]);
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.equal(
    stderr,
    "error: Cannot use the options: training.batchSize (--batch-size) must be a whole number in " +
      "1..65536, current value is 0\n",
  );
});

Deno.test("--debug adds the stack to the message", async () => {
  const { code, stderr } = await runCommand(["train", "--print-config", "--seed", "-1", "--debug"]);
  assert.equal(code, 2);
  assert.match(stderr, /^error: Cannot use the options: training\.seed/);
  assert.match(stderr, /\n\s+at .*parse_config\.ts/);
});

Deno.test("a folder that is no run exits with 4 and says so", async () => {
  const { code, stderr } = await runCommand(["train", "--resume", "tests/no-such-run"]);
  assert.equal(code, 4);
  assert.match(stderr, /^error: Cannot open run tests\/no-such-run: .*give a folder that "train"/);
});

Deno.test("a path that leads nowhere is no unexpected failure, and has the code of its kind", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/file`;
    await Deno.writeTextFile(file, "no folder");
    await Deno.mkdir(`${folder}/run/config.yaml`, { recursive: true });
    await Deno.symlink(`${folder}/loop`, `${folder}/loop`);
    const long = `${folder}/${"x".repeat(300)}`;
    const cases: [string[], number, RegExp][] = [
      [["train", "--config", `${file}/x`], 2, /configuration .*: a file stands where/],
      [["train", "--config", `${folder}/loop`], 2, /configuration .*links lead in a circle/],
      [["train", "--config", long], 2, /its name is too long/],
      [["train", "--run", long], 4, /Cannot start a run in .*its name is too long/],
      [["train", "--resume", `${folder}/run`], 4, /config\.yaml cannot be read, it is a folder/],
      [["predict", long, "a.png"], 4, /Cannot open run .*its name is too long/],
      [["report", `${file}/x`], 4, /Cannot report on .*a file stands where/],
      [["report", long], 4, /Cannot report on .*its name is too long/],
      [["fetch-data", "synthetic", "--directory", file], 3, /a file stands where a folder/],
      [["train", "--run", ""], 2, /Cannot use --run: it must not be empty/],
      [["eval", ""], 2, /Cannot use <run>: it must not be empty/],
      [["predict", `${folder}/run`, "a.png", ""], 2, /Cannot use <images>: it must not be empty/],
      ...["/proc", "/dev", "/dev/zero", "/sys", "/proc/self/mem"].flatMap(
        (path): [string[], number, RegExp][] => {
          const folder = ["--dataset", "folder", "--data", path, "--dry-run", "--backend", "cpu"];
          return [
            [
              ["train", "--run", `${file}2`, ...folder],
              3,
              /Cannot (?:load folder from|list images:) .*(?:belongs to the system|a file stands where)/,
            ],
            [["predict", path, "a.png", "--backend", "cpu"], 4, /Cannot open run/],
          ];
        },
      ),
    ];
    for (const [argv, expected, message] of cases) {
      const { code, stderr } = await runCommand(argv);
      assert.equal(code, expected, stderr);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /Unexpected failure|--allow-/);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a run folder in use exits with 4 and is left alone", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/precious.txt`, "keep");
    const { code, stderr } = await runCommand(["train", "--run", folder, "--dry-run"]);
    assert.equal(code, 4);
    assert.match(stderr, /the folder is not empty \(it holds precious\.txt\)/);
    assert.deepEqual([...Deno.readDirSync(folder)].map((entry) => entry.name), ["precious.txt"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a refused permission names the flag to add", async () => {
  const { code, stderr } = await runCommand(["train", "--config", "some.yaml"], {
    permissions: [],
  });
  assert.equal(code, 1);
  assert.match(stderr, /^error: Deno refused an access: it needs read access to "some\.yaml"/);
  assert.match(stderr, /add --allow-read before main\.ts/);
  assert.doesNotMatch(stderr, /\n\s+at /);
});

Deno.test("a refused permission is told alike where a module, a model, data or a search of files needs it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const refusals: [permissions: string[], argv: string[], code: number, said: RegExp][] = [
      // As `deno task puppet` starts: the commands are loaded late, and a refused module is a TypeError.
      [["--unstable-lazy-dynamic-imports"], ["models"], 1, /read access to ".*add --allow-read/],
      [
        ["--allow-read"],
        ["predict", "puppet-cnn-cifar10", join(folder, "*.png")],
        1,
        /env access to ".*add --allow-env/,
      ],
      [
        ["--allow-read", `--deny-read=${folder}`, "--allow-env"],
        ["predict", "puppet-cnn-cifar10", join(folder, "*.png")],
        1,
        /read access to ".*add --allow-read/,
      ],
      [
        ["--allow-read", `--deny-read=${join(repositoryRoot, "models")}`],
        ["predict", "puppet-cnn-cifar10", "x.png"],
        1,
        /read access to ".*config\.yaml"; .*add --allow-read/,
      ],
      [
        ["--allow-read", `--deny-read=${folder}`, "--allow-write"],
        ["fetch-data", "cifar10", "--from", folder, "--directory", `${folder}-data`],
        3,
        /read access to ".*add --allow-read/,
      ],
    ];
    for (const [permissions, argv, code, said] of refusals) {
      const { code: found, stderr } = await runCommand(argv, { permissions });
      assert.equal(found, code, stderr);
      assert.match(stderr, /^error: Deno refused an access: it needs [a-z]+ access to [^\n]*\n$/m);
      assert.match(stderr, said);
      assert.doesNotMatch(stderr, /\n\s+at | at Object/);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
    await Deno.remove(`${folder}-data`, { recursive: true }).catch(() => {});
  }
});

Deno.test("control characters of a bad argument do not reach the terminal", async () => {
  const { code, stderr } = await runCommand(["train", "--config", "\x1b[31mred\x07.yaml"]);
  assert.equal(code, 2);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(stderr, /[\x00-\x09\x0b-\x1f]/);
});

Deno.test("a reader that leaves early hides no failure", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const child = spawnCommand(["fetch-data", "cifar10", "--verify", "--directory", folder]);
    await child.stdout.cancel();
    const stderr = await new Response(child.stderr).text();
    assert.equal((await child.status).code, 3);
    assert.match(stderr, /^error: Cannot vouch for cifar10/m);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a reader that leaves early is no failure", async () => {
  const child = spawnCommand(["train", "--print-config"]);
  await child.stdout.cancel();
  const stderr = await new Response(child.stderr).text();
  const { code } = await child.status;
  assert.equal(stderr, "");
  assert.equal(code, 0);
});
