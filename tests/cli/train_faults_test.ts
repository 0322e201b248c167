import assert from "node:assert/strict";
import { join } from "node:path";
import { stagingPattern } from "../../lib/files/atomic_write.ts";
import { checkRemains, compareRuns } from "../../tasks/kill_test/check_run.ts";
import { type CommandResult, runCommand, spawnCommand } from "../helpers/run_command.ts";
import { mountProblem, runOnSmallDisk } from "../helpers/small_disk.ts";
import { TINY_COMMAND, withCommandFolders } from "../helpers/tiny_command.ts";

function commandOf(run: string, data: string, more: readonly string[] = []): string[] {
  return ["train", "--run", run, "--data", data, ...TINY_COMMAND, "--epochs", "3", ...more];
}

async function runWell(argv: readonly string[]): Promise<CommandResult> {
  const result = await runCommand(argv);
  assert.equal(result.code, 0, result.stderr);
  return result;
}

/** Every path below a folder. */
function listAll(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? listAll(join(folder, name)) : [join(folder, name)]
  );
}

/** Gives every file of a folder another time of change. */
function setTimes(folder: string, time: Date): void {
  for (const path of listAll(folder)) Deno.utimeSync(path, time, time);
}

Deno.test({
  name: `train on a disk that fills up keeps the last checkpoint and exits with 4${
    mountProblem === null ? "" : ` (left out: ${mountProblem})`
  }`,
  ignore: mountProblem !== null,
  fn: () =>
    withCommandFolders(async (data, run) => {
      await Deno.mkdir(`${run}-disk`);
      const copy = `${run}-copy`;
      // Room for two checkpoints, not for a third.
      const disk = { options: "size=100k", folder: `${run}-disk`, copy };
      const argv = commandOf(join(disk.folder, "run"), data);
      const { code, stderr } = await runOnSmallDisk(argv, disk);
      assert.equal(code, 4, stderr);
      assert.match(
        stderr,
        /^error: Cannot save checkpoint: .*checkpoints, \d+ bytes \(No space left/m,
      );
      const kept = join(copy, "run");
      assert.deepEqual(listAll(copy).filter((path) => stagingPattern.test(path)), []);
      const { step } = await checkRemains(kept);
      assert.ok(step !== null && step >= 3, `${step}`);
      // A copy on a larger disk goes on, and comes to the same end.
      await runWell(["train", "--resume", kept]);
      const straight = `${run}-straight`;
      await runWell(commandOf(straight, data));
      await compareRuns(kept, straight);
    }),
});

Deno.test({
  name: `train into a read-only disk says so before the first epoch${
    mountProblem === null ? "" : ` (left out: ${mountProblem})`
  }`,
  ignore: mountProblem !== null,
  fn: () =>
    withCommandFolders(async (data, run) => {
      await Deno.mkdir(`${run}-disk`);
      const disk = { options: "ro,size=1m", folder: `${run}-disk`, copy: `${run}-copy` };
      const { code, stderr } = await runOnSmallDisk(
        commandOf(join(disk.folder, "run"), data),
        disk,
      );
      assert.equal(code, 4, stderr);
      assert.match(stderr, /^error: Cannot start a run in .*its disk is read-only/m);
      assert.doesNotMatch(stderr, /^epoch/m);
    }),
});

Deno.test("train without the permission to write says so before the first epoch", () =>
  withCommandFolders(async (data, run) => {
    const permissions = ["--allow-read", "--allow-env", "--allow-sys"];
    const { code, stderr } = await runCommand(commandOf(run, data), { permissions });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: Deno refused an access: it needs write access to .*add --allow-write/m,
    );
    assert.doesNotMatch(stderr, /^epoch/m);
    assert.throws(() => Deno.statSync(run), Deno.errors.NotFound);
  }));

Deno.test("train --resume goes on in a run that was moved or copied, whatever its files' times are", () =>
  withCommandFolders(async (data, run) => {
    const constant = `${run}-constant`;
    await runWell(commandOf(constant, data, ["--schedule", "constant"]));
    await runWell(commandOf(run, data, ["--schedule", "constant", "--epochs", "2"]));
    // Constant rate: two epochs of a run of two are those of a run of three.
    await new Deno.Command("cp", { args: ["-r", run, `${run}-copy`] }).output();
    await Deno.rename(run, `${run}-moved`);
    setTimes(`${run}-moved`, new Date("2001-01-01"));
    setTimes(`${run}-copy`, new Date("2099-01-01"));
    for (const place of [`${run}-moved`, `${run}-copy`]) {
      await runWell(["train", "--resume", place, "--epochs", "3"]);
      await compareRuns(place, constant);
    }
  }));

Deno.test("train names every bad image before the first step, and goes on after a repair when told to", () =>
  withCommandFolders(async (data, run) => {
    // All is learned in one epoch, so that no later validation is better than the first one.
    await runWell(commandOf(run, data, ["--epochs", "1", "--learning-rate", "0.02"]));
    for (const bad of ["dark/3.png", "light/5.png"]) {
      await Deno.writeTextFile(join(data, bad), "no picture");
    }
    for (const words of [["--resume", run], [...commandOf(`${run}-2`, data, []), "--dry-run"]]) {
      const { code, stderr } = await runCommand(words[0] === "train" ? words : ["train", ...words]);
      assert.equal(code, 3);
      assert.match(stderr, /Cannot use 2 images:\n.*dark\/3\.png.*\n.*light\/5\.png/);
    }
    for (const bad of ["dark/3.png", "light/5.png"]) await Deno.remove(join(data, bad));
    const unchanged = await runCommand(["train", "--resume", run, "--epochs", "2"]);
    assert.equal(unchanged.code, 4);
    assert.match(
      unchanged.stderr,
      /if images were repaired, added or taken away, continue with "train --resume .* --changed-images"/,
    );
    const { stderr } = await runWell([
      "train",
      "--resume",
      run,
      "--epochs",
      "2",
      "--changed-images",
    ]);
    assert.match(stderr, /going on with other images than before/);
    // Of accuracies on other validation images none is the best: the checkpoint is one of today's images.
    const readPointer = (name: string) => Deno.readTextFile(join(run, "checkpoints", name));
    assert.equal(await readPointer("best"), await readPointer("last"));
    await runWell(["eval", run]);
    const { stdout } = await runWell(["report", run, "--no-eval", "--json"]);
    assert.equal(JSON.parse(stdout).best.epoch, 2);
  }));

Deno.test("train refuses a run that another process works on, and takes it over when that was killed", () =>
  withCommandFolders(async (data, run) => {
    const child = spawnCommand(commandOf(run, data, ["--epochs", "100000"]));
    const stdout = child.stdout.cancel();
    let talk = "";
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      talk += text;
      if (!/^epoch 1\//m.test(talk)) continue;
      const { code, stderr } = await runCommand(["train", "--resume", run]);
      assert.equal(code, 4, stderr);
      assert.match(stderr, new RegExp(`${run} is in use by process ${child.pid};`));
      child.kill("SIGKILL");
      break;
    }
    await Promise.all([stdout, child.status]);
    const { step } = await checkRemains(run);
    assert.ok(step !== null && step >= 0);
    // The lock died with its process; what stops this command comes after it.
    const { code, stderr } = await runCommand(["train", "--resume", run, "--epochs", "1"]);
    assert.doesNotMatch(stderr, /in use/);
    assert.ok(code === 0 || /epochs? (is|are) done/.test(stderr), stderr);
  }));

Deno.test("train leaves at once when SIGINT follows another signal, and the run can be resumed", () =>
  withCommandFolders(async (data, run) => {
    const child = spawnCommand(commandOf(run, data, ["--epochs", "100000"]));
    const stdout = child.stdout.cancel();
    let talk = "";
    let isSent = false;
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      talk += text;
      if (isSent || !/^epoch 2\//m.test(talk)) continue;
      isSent = true;
      child.kill("SIGTERM");
      child.kill("SIGINT");
    }
    await stdout;
    const { code } = await child.status;
    // The training may have saved and left before the second signal was looked at.
    assert.ok([130, 143].includes(code), `${code}: ${talk}`);
    const { step } = await checkRemains(run);
    assert.ok(step !== null && step >= 3);
  }));

Deno.test("train --resume refuses another backend with the difference, unless it is named", () =>
  withCommandFolders(async (data, run) => {
    await runWell(commandOf(run, data, ["--epochs", "1"]));
    const config = await Deno.readTextFile(join(run, "config.yaml"));
    await Deno.writeTextFile(
      join(run, "config.yaml"),
      config.replace(/^backend: cpu/m, "backend: wasm"),
    );
    const refused = await runCommand(["train", "--resume", run, "--epochs", "2"]);
    assert.equal(refused.code, 4, refused.stderr);
    assert.match(refused.stderr, /JavaScript, CPU in the run, WebAssembly .* now; .*--backend/);
    const { stderr } = await runWell(
      ["train", "--resume", run, "--epochs", "2", "--backend", "wasm", "--quiet"],
    );
    assert.match(stderr, /resuming on WebAssembly .* what JavaScript, CPU trained/);
  }));

Deno.test("train --resume repairs the log's torn last line and clears up after a kill", () =>
  withCommandFolders(async (data, run) => {
    await runWell(commandOf(run, data, ["--epochs", "1", "--schedule", "constant"]));
    const log = join(run, "log.jsonl");
    await Deno.writeTextFile(log, '{"epoch":2,"step":6,"learn', { append: true });
    await Deno.writeTextFile(join(run, "config.yaml.tmp-77-1"), "half");
    await runWell(["train", "--resume", run, "--epochs", "2"]);
    const lines = (await Deno.readTextFile(log)).trimEnd().split("\n");
    assert.deepEqual(lines.map((line) => JSON.parse(line).epoch), [1, 2]);
    assert.deepEqual(listAll(run).filter((path) => stagingPattern.test(path)), []);
  }));

Deno.test("train says what to change when memory ends, and what was saved before is there", () =>
  withCommandFolders(async (data, run) => {
    for (const name of ["dark", "light"]) {
      for (let copy = 0; copy < 24; copy++) {
        const from = join(data, name, `${copy % 12}.png`);
        await Deno.copyFile(from, join(data, name, `copy-${copy}.png`));
      }
    }
    // Sixty images of a million pixels each: more than the four gigabytes that WebAssembly has.
    const argv = ["train", "--run", run, "--data", data, "--dataset", "folder", "--images", "all"]
      .concat("--image-size", "1024", "--complexity", "spatial-entropy", "--channels", "64")
      .concat("--depth", "4", "--no-parameter-adaptation", "--validation-fraction", "0")
      .concat("--batch-size", "60", "--test-images", "2", "--epochs", "1", "--backend", "wasm");
    const { code, stderr } = await runCommand(argv);
    assert.equal(code, 5, stderr);
    assert.match(
      stderr,
      /^error: Cannot compute a training step of 60 images .*lower batchSize \(--batch-size\)/m,
    );
    assert.equal((await checkRemains(run)).step, 0);
  }));

Deno.test("train starts in a folder whose first process was killed before its first file stood", () =>
  withCommandFolders(async (data, run) => {
    await Deno.mkdir(run);
    await Deno.writeTextFile(join(run, ".lock"), "77\n");
    await Deno.writeTextFile(join(run, "config.yaml.tmp-77-1"), "half");
    await Deno.writeTextFile(join(run, "provenance.json"), '[{"weights":"another run"}]\n');
    await runWell(commandOf(run, data, ["--epochs", "1"]));
    assert.deepEqual(listAll(run).filter((path) => stagingPattern.test(path)), []);
    const provenance = JSON.parse(await Deno.readTextFile(join(run, "provenance.json")));
    assert.deepEqual(provenance.map(({ weights }: { weights?: string }) => weights), [undefined]);
  }));
