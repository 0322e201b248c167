import assert from "node:assert/strict";
import { join } from "node:path";
import { checkTargets, writeDocument } from "../../cli/document_output.ts";
import { createOutput } from "../../cli/output.ts";
import { UsageError } from "../../lib/errors.ts";
import { repositoryRoot, runCommand } from "../helpers/run_command.ts";
import { mountProblem, runOnSmallDisk } from "../helpers/small_disk.ts";
import { withFolder } from "../helpers/with_folder.ts";

/** The refusal of a target. */
async function refusalOf(output: string): Promise<string> {
  const error = await checkTargets({ output }).then(() => null, (error) => error);
  assert.ok(error instanceof UsageError, `${error}`);
  return error.message;
}

Deno.test("checkTargets() leaves nothing where a file can be written", () =>
  withFolder(async (folder) => {
    await checkTargets({ output: join(folder, "a.csv"), report: join(folder, "a.html") });
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("checkTargets() refuses what the system would refuse at the end of the work", () =>
  withFolder(async (folder) => {
    assert.match(await refusalOf(join(folder, "none", "a.csv")), /there is no folder/);
    assert.match(await refusalOf(folder), /it is a folder/);
    assert.match(await refusalOf("-"), /leave it out to write to stdout/);
    // Short enough to be looked at, too long for the file that is staged beside it.
    const long = join(folder, "x".repeat(250));
    assert.match(
      await refusalOf(long),
      /^Cannot write .*: its name is too long; name another file$/,
    );
  }));

Deno.test({
  name: "checkTargets() sees through links of folders, and puts no file in the place of a pipe",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      const [one, other, pipe, link] = ["d1", "d2", "pipe", "link"].map((name) =>
        join(folder, name)
      ) as [string, string, string, string];
      await Deno.mkdir(one);
      await Deno.symlink(one, other);
      assert.ok((await new Deno.Command("mkfifo", { args: [pipe] }).output()).success);
      for (const force of [undefined, true] as const) {
        await assert.rejects(
          checkTargets({ output: join(one, "y"), report: join(other, "y"), force }),
          /--output and --report name the same file/,
        );
        await assert.rejects(
          checkTargets({ output: pipe, force }),
          /it is a pipe, socket or device/,
        );
      }
      await checkTargets({ output: join(one, "y"), report: join(other, "z") });
      await Deno.symlink(join(folder, "none"), link);
      assert.match(await refusalOf(link), /a link that leads nowhere is there/);
      await checkTargets({ output: link, force: true });
    }),
});

Deno.test({
  name: mountProblem === null
    ? "a document that finds its disk full is another failure, not one of a checkpoint, and leaves nothing"
    : `a document on a full disk (${mountProblem})`,
  ignore: mountProblem !== null,
  fn: () =>
    withFolder(async (root) => {
      const disk = { options: "size=8k", folder: join(root, "disk"), copy: join(root, "copy") };
      await Deno.mkdir(disk.folder);
      const argv = ["param-scaling", "--output", join(disk.folder, "a.html")];
      const { code, stderr } = await runOnSmallDisk(argv, disk);
      assert.match(stderr, /^error: Cannot write .*a\.html.*No space left/m);
      assert.equal(code, 1);
      assert.deepEqual([...Deno.readDirSync(disk.copy)], []);
    }),
});

Deno.test({
  name: "puppet-cnn refuses a device as --output, by its name",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const { code, stderr } = await runCommand(["models", "--output", "/dev/null"]);
    assert.match(
      stderr,
      /^error: Cannot write \/dev\/null: it is a device or belongs to the system/,
    );
    assert.equal(code, 2);
  },
});

/** Whether flushes can be slowed down here. */
const hasStrace = (() => {
  try {
    return new Deno.Command("strace", { args: ["-e", "trace=none", "true"] }).outputSync().success;
  } catch {
    return false;
  }
})();

Deno.test({
  name:
    "puppet-cnn that is stopped while it writes a document leaves no file beside it (needs strace)",
  ignore: !hasStrace,
  fn: () =>
    withFolder(async (folder) => {
      const output = join(folder, "models.csv");
      const slow = ["-f", "-o", "/dev/null", "-e", "inject=fsync:delay_enter=1000000"];
      const child = new Deno.Command("strace", {
        args: [...slow, Deno.execPath(), "run", "-A", `${repositoryRoot}/main.ts`]
          .concat(["models", "--output", output]),
        stderr: "null",
      }).spawn();
      const ends = child.status;
      let names: string[] = [];
      while (names.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        names = [...Deno.readDirSync(folder)].map(({ name }) => name);
      }
      // Its name says which process writes it.
      const process = /\.tmp-(\d+)-/.exec(names[0]!)?.[1];
      Deno.kill(Number(process), "SIGTERM");
      const { code, signal } = await ends;
      assert.ok(code === 143 || signal === "SIGTERM", `${code} ${signal}`);
      assert.deepEqual([...Deno.readDirSync(folder)], []);
    }),
});

Deno.test("writeDocument() replaces no file that has come since its target was looked at", () =>
  withFolder(async (folder) => {
    const output = join(folder, "a.csv");
    await checkTargets({ output });
    await Deno.writeTextFile(output, "somebody's");
    const to = createOutput({ quiet: true });
    await assert.rejects(writeDocument("mine", { output, to }), /the file is there/);
    assert.equal(await Deno.readTextFile(output), "somebody's");
    await writeDocument("mine", { output, to, force: true });
    assert.equal(await Deno.readTextFile(output), "mine\n");
  }));
