import assert from "node:assert/strict";
import { join } from "node:path";
import { repositoryRoot } from "../helpers/run_command.ts";
import { withFolder } from "../helpers/with_folder.ts";

/** The task in a process of its own, with a folder of temporary files. */
function startDemo(port: number, folder: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-all", "--no-check", "tasks/demo.ts", "--port", `${port}`],
    cwd: repositoryRoot,
    env: { TMPDIR: folder, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("the demo says at once that its port is taken", () =>
  withFolder(async (folder) => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = taken.addr as Deno.NetAddr;
    const { code, stderr } = await startDemo(port, folder).output();
    assert.equal(code, 2);
    assert.match(
      new TextDecoder().decode(stderr),
      new RegExp(`^error: Cannot serve on port ${port}: another program uses it; name another`),
    );
  }));

Deno.test({
  name: "the demo leaves no folder behind when a signal ends it",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      await Deno.mkdir(join(folder, "tmp"));
      const child = startDemo(0, join(folder, "tmp"));
      const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
      let said = "";
      while (!/open http\S+/.test(said)) {
        const { value, done } = await reader.read();
        assert.ok(!done, said);
        said += value;
      }
      const page = await fetch(/http\S+/.exec(said)![0]);
      assert.match(await page.text(), /^<!DOCTYPE html>/);
      assert.equal([...Deno.readDirSync(join(folder, "tmp"))].length, 1);
      child.kill("SIGTERM");
      await reader.cancel();
      await child.stderr.cancel();
      assert.equal((await child.status).code, 0);
      assert.deepEqual([...Deno.readDirSync(join(folder, "tmp"))], []);
    }),
});
