import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { saveCheckpoint } from "../../../lib/checkpoints/save_checkpoint.ts";

/** Why the test is left out; `null` where system calls can be watched. */
const problem: string | null = (() => {
  if (Deno.build.os !== "linux") return "not Linux";
  try {
    const { success } = new Deno.Command("strace", { args: ["-e", "trace=none", "true"] })
      .outputSync();
    return success ? null : "strace may not trace here";
  } catch {
    return "no strace";
  }
})();

/** System calls on files below a folder, in order: `fsync step-00000300.tmp-1-1/a.bin`. */
async function watchSave(root: string): Promise<string[]> {
  const script = fileURLToPath(new URL("./save_and_die.ts", import.meta.url));
  const log = `${root}.strace`;
  const command = [Deno.execPath(), "run", "--no-lock", "--no-config", "-A", script, root, "none"];
  const { success } = await new Deno.Command("strace", {
    args: [
      "-f",
      "-y",
      "-o",
      log,
      "-e",
      "trace=fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,rmdir",
    ]
      .concat(command),
    stderr: "null",
  }).output();
  assert.ok(success);
  const calls: string[] = [];
  for (const line of (await Deno.readTextFile(log)).split("\n")) {
    // A call that another thread's interrupted is written in two lines; it has happened with the second.
    const [, name] = /(fsync|fdatasync|rename\w*|unlink\w*|rmdir)(?:\(| resumed)/.exec(line) ?? [];
    const paths = [...line.matchAll(/[<"]([^<>"]*)[>"]/g)].map(([, path]) => path!)
      .filter((path) => path.startsWith(root));
    if (name === undefined || paths.length === 0) continue;
    const shown = paths.map((path) => path.slice(root.length + 1).replace(/\.tmp-\d+-\d+/, ".tmp"));
    calls.push(
      [
        name.replace(/(rename)\w*/, "$1").replace("fdatasync", "fsync").replace(
          "unlinkat",
          "unlink",
        ),
        ...shown,
      ].join(" ").trim(),
    );
  }
  return calls;
}

Deno.test({
  name: `saveCheckpoint() flushes files, then their folder, renames, and flushes the folder above${
    problem === null ? "" : ` (left out: ${problem})`
  }`,
  ignore: problem !== null,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const root = join(await Deno.realPath(folder), "checkpoints");
      const staged = "step-00000300.tmp";
      assert.deepEqual(await watchSave(root), [
        `fsync ${staged}/a.bin`,
        `fsync ${staged}/b.json`,
        `fsync ${staged}/manifest.json`,
        `fsync ${staged}`,
        `rename ${staged} step-00000300`,
        "fsync",
        "fsync best.tmp",
        "rename best.tmp best",
        "fsync",
        "fsync last.tmp",
        "rename last.tmp last",
        "fsync",
      ]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: `saveCheckpoint() deletes old checkpoints after the pointers to the new one are flushed${
    problem === null ? "" : ` (left out: ${problem})`
  }`,
  ignore: problem !== null,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const root = join(await Deno.realPath(folder), "checkpoints");
      const files = new Map([["a.bin", new Uint8Array(10)]]);
      for (const step of [100, 200]) await saveCheckpoint(root, { step, best: true, files });
      const calls = await watchSave(root);
      const pointed = calls.indexOf("rename last.tmp last");
      const isRemoval = (call: string) => /^(?:unlink|rmdir) .*step-00000100/.test(call);
      assert.ok(pointed > 0 && calls[pointed + 1] === "fsync", calls.join("\n"));
      assert.ok(calls.some(isRemoval), calls.join("\n"));
      assert.ok(calls.findIndex(isRemoval) > pointed + 1, calls.join("\n"));
      assert.deepEqual(
        calls.filter((call) => /^(?:unlink|rmdir) .*step-00000[23]00/.test(call)),
        [],
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
