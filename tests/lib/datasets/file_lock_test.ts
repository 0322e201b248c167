import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withFileLock } from "../../../lib/datasets/file_lock.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("withFileLock() lets one action run at a time and removes the file", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "new", "a.lock");
    let running = 0;
    let waited = 0;
    const action = async () => {
      running += 1;
      assert.equal(running, 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
      return 7;
    };
    const onWait = () => waited += 1;
    const results = await Promise.all(
      Array.from({ length: 4 }, () => withFileLock(path, action, { onWait })),
    );
    assert.deepEqual(results, [7, 7, 7, 7]);
    assert.equal(waited, 3);
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  });
});

Deno.test("withFileLock() frees the lock when the action fails, and gives up waiting on abort", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "a.lock");
    await assert.rejects(withFileLock(path, () => Promise.reject(new Error("mine"))), /mine/);
    await withFileLock(path, async () => {
      const controller = new AbortController();
      const waiting = withFileLock(path, () => Promise.resolve(), {
        onWait: () => controller.abort(new Error("enough")),
        signal: controller.signal,
      });
      await assert.rejects(waiting, /enough/);
    });
  });
});

Deno.test("withFileLock() is free again when the process that held it was killed", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "a.lock");
    const module = new URL("../../../lib/datasets/file_lock.ts", import.meta.url);
    const script = join(folder, "hold.ts");
    await Deno.writeTextFile(
      script,
      `import { withFileLock } from ${JSON.stringify(fileURLToPath(module))};
       await withFileLock(${JSON.stringify(path)}, async () => {
         console.log("held");
         await new Promise((resolve) => setTimeout(resolve, 60_000));
       });`,
    );
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", "--allow-read", "--allow-write", script],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    let waited = false;
    const waiting = withFileLock(path, () => Promise.resolve("mine"), {
      onWait: () => {
        waited = true;
        child.kill("SIGKILL");
      },
    });
    assert.equal(await waiting, "mine");
    assert.ok(waited);
    await child.status;
    await reader.cancel();
  });
});
