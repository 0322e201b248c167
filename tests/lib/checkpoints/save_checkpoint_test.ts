import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadCheckpoint, type LoadedCheckpoint } from "../../../lib/checkpoints/load_checkpoint.ts";
import { saveCheckpoint } from "../../../lib/checkpoints/save_checkpoint.ts";
import { CheckpointError } from "../../../lib/errors.ts";
import {
  assertContent,
  contentOf,
  folders,
  names,
  pointer,
  withFolder,
} from "./checkpoint_helpers.ts";

Deno.test("saveCheckpoint() and loadCheckpoint() return the files, by both pointers", () =>
  withFolder(async (root) => {
    const folder = await saveCheckpoint(root, contentOf(100, true));
    assert.equal(folder, "step-00000100");
    await saveCheckpoint(root, contentOf(200));
    const last = await loadCheckpoint(root, "last");
    assertContent(last, contentOf(200));
    assert.equal(last.folder, "step-00000200");
    assert.deepEqual(last.skipped, []);
    assertContent(await loadCheckpoint(root, "best"), contentOf(100));
  }));

Deno.test("saveCheckpoint() keeps the last, the best and the one before, and deletes the others", () =>
  withFolder(async (root) => {
    for (const step of [100, 200, 300, 400, 500]) {
      await saveCheckpoint(root, contentOf(step, step === 200));
    }
    assert.deepEqual(names(root), [
      "best",
      "last",
      "previous",
      "step-00000200",
      "step-00000400",
      "step-00000500",
    ]);
    assert.equal(pointer(root, "last"), "step-00000500");
    assert.equal(pointer(root, "best"), "step-00000200");
    assert.equal(pointer(root, "previous"), "step-00000400");
  }));

Deno.test("saveCheckpoint() saves a step again without touching the checkpoint that is there", () =>
  withFolder(async (root) => {
    await saveCheckpoint(root, contentOf(100, true, 1));
    const second = await saveCheckpoint(root, contentOf(100, false, 2));
    assert.equal(second, "step-00000100-r2");
    assertContent(await loadCheckpoint(root, "last"), contentOf(100, false, 2));
    assertContent(await loadCheckpoint(root, "best"), contentOf(100, true, 1));
    await saveCheckpoint(root, contentOf(100, true, 3));
    assertContent(await loadCheckpoint(root, "best"), contentOf(100, true, 3));
    await saveCheckpoint(root, contentOf(100, true, 4));
    assertContent(await loadCheckpoint(root, "best"), contentOf(100, true, 4));
    assert.equal(folders(root).length, 2);
  }));

Deno.test("saveCheckpoint() gives the later checkpoint of a step the higher revision, though a lower one is free", () =>
  withFolder(async (root) => {
    // As after two kills between a folder's new name and its pointer.
    for (let time = 0; time < 4; time++) await saveCheckpoint(root, contentOf(100));
    assert.deepEqual(folders(root), ["step-00000100-r3", "step-00000100-r4"]);
    await saveCheckpoint(root, contentOf(100, false, 9));
    assert.equal(pointer(root, "last"), "step-00000100-r5");
    // Without pointers the order of the names decides.
    Deno.removeSync(join(root, "last"));
    const { folder, files } = await loadCheckpoint(root, "last");
    assert.equal(folder, "step-00000100-r5");
    assertContent({ step: 100, files } as LoadedCheckpoint, contentOf(100, false, 9));
  }));

Deno.test("saveCheckpoint() goes back to an earlier step when training was resumed from there", () =>
  withFolder(async (root) => {
    await saveCheckpoint(root, contentOf(100, true));
    await saveCheckpoint(root, contentOf(200));
    await saveCheckpoint(root, contentOf(150));
    assertContent(await loadCheckpoint(root, "last"), contentOf(150));
    await saveCheckpoint(root, contentOf(160));
    assert.deepEqual(folders(root), ["step-00000100", "step-00000150", "step-00000160"]);
  }));

Deno.test("saveCheckpoint() keeps the checkpoint that training went on from, not the damaged last one", () =>
  withFolder(async (root) => {
    for (const step of [100, 200]) await saveCheckpoint(root, contentOf(step));
    Deno.truncateSync(join(root, "step-00000200", "weights.safetensors"), 10);
    const { folder: parent } = await loadCheckpoint(root, "last");
    assert.equal(parent, "step-00000100");
    await saveCheckpoint(root, contentOf(150), { parent });
    assert.equal(pointer(root, "previous"), "step-00000100");
    assert.deepEqual(folders(root), ["step-00000100", "step-00000150"]);
    // Should the new one be damaged too, there is still one that loads.
    Deno.truncateSync(join(root, "step-00000150", "weights.safetensors"), 10);
    assertContent(await loadCheckpoint(root, "last"), contentOf(100));
  }));

/** Step 300 stands complete, but no pointer leads to it yet: the loader takes 200 and says so. */
function assertPassedOver({ skipped, unreached }: LoadedCheckpoint, isExpected: boolean): void {
  assert.deepEqual(skipped, []);
  assert.equal(unreached.length, isExpected ? 1 : 0, unreached.join());
  if (isExpected) assert.match(unreached[0]!, /step-00000300 is newer than step-00000200/);
}

Deno.test("saveCheckpoint() leaves a loadable checkpoint and no litter when it fails at any stage", () =>
  withFolder(async (root) => {
    const stages: string[] = [];
    const rehearsal = join(root, "rehearsal");
    for (const step of [100, 200]) await saveCheckpoint(rehearsal, contentOf(step, true));
    await saveCheckpoint(rehearsal, contentOf(300, true), {
      failpoint: (stage) => stages.push(stage),
    });
    assert.deepEqual(stages, [
      "begin",
      "folder made",
      "weights.safetensors written",
      "state.json written",
      "manifest written",
      "folder flushed",
      "folder renamed",
      "root flushed",
      "previous moved",
      "best moved",
      "last moved",
      "step-00000100 removed",
    ]);
    for (const [index, fatal] of stages.entries()) {
      const own = join(root, String(index));
      for (const step of [100, 200]) await saveCheckpoint(own, contentOf(step, true));
      const failpoint = (stage: string) => {
        if (stage === fatal) throw new Error(`stop at ${stage}`);
      };
      await assert.rejects(
        saveCheckpoint(own, contentOf(300, true), { failpoint }),
        (error: unknown) => {
          assert.ok(error instanceof CheckpointError);
          assert.match(error.message, new RegExp(`step 300 .*stop at ${fatal}`));
          return true;
        },
      );
      const committed = index >= stages.indexOf("last moved");
      const loaded = await loadCheckpoint(own, "last");
      assertContent(loaded, contentOf(committed ? 300 : 200));
      assertPassedOver(loaded, index >= stages.indexOf("folder renamed") && !committed);
      assertContent(
        await loadCheckpoint(own, "best"),
        contentOf(index >= stages.indexOf("best moved") ? 300 : 200),
      );
      assert.ok(names(own).every((name) => !name.includes(".tmp-")), `${fatal}: ${names(own)}`);
      // Training goes on as if nothing had been.
      await saveCheckpoint(own, contentOf(300, true));
      assertContent(await loadCheckpoint(own, "last"), contentOf(300));
      assert.ok(folders(own).length <= 2, `${fatal}: ${folders(own)}`);
    }
  }));

Deno.test("saveCheckpoint() leaves a loadable checkpoint when its process is killed at any stage", () =>
  withFolder(async (root) => {
    const script = fileURLToPath(new URL("./save_and_die.ts", import.meta.url));
    const stages = [
      ...["begin", "folder made", "a.bin written", "b.json written", "manifest written"],
      ...["folder flushed", "folder renamed", "root flushed"],
      ...["previous moved", "best moved", "last moved", "step-00000100 removed"],
    ];
    const runs = stages.map(async (stage, index) => {
      const own = join(root, String(index));
      for (const step of [100, 200]) await saveCheckpoint(own, contentOf(step, true));
      const { signal } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-lock", "--no-config", "-A", script, own, stage],
        stderr: "null",
      }).output();
      assert.equal(signal, "SIGKILL", stage);
      const loaded = await loadCheckpoint(own, "last");
      const isCommitted = index >= stages.indexOf("last moved");
      assert.equal(loaded.step, isCommitted ? 300 : 200, stage);
      assertPassedOver(loaded, index >= stages.indexOf("folder renamed") && !isCommitted);
      const hasLitter = names(own).some((name) => name.includes(".tmp-"));
      const isWriting = stage !== "begin" && index < stages.indexOf("folder renamed");
      assert.equal(hasLitter, isWriting, stage);
      await saveCheckpoint(own, contentOf(400));
      assert.ok(names(own).every((name) => !name.includes(".tmp-")), stage);
      assertContent(await loadCheckpoint(own, "last"), contentOf(400));
    });
    await Promise.all(runs);
  }));

Deno.test("saveCheckpoint() removes leftovers of its own kind only", () =>
  withFolder(async (root) => {
    Deno.mkdirSync(join(root, "step-00000100.tmp-77-1"), { recursive: true });
    Deno.writeTextFileSync(join(root, "step-00000100.tmp-77-1", "weights"), "half");
    Deno.writeTextFileSync(join(root, "last.tmp-77-2"), "step-");
    for (const kept of ["notes.tmp-77-1", "step-x.tmp-77-1", "notes.txt", "last.tmp"]) {
      Deno.writeTextFileSync(join(root, kept), "mine");
    }
    Deno.mkdirSync(join(root, "step-1"));
    await saveCheckpoint(root, contentOf(100));
    assert.deepEqual(names(root), [
      "last",
      "last.tmp",
      "notes.tmp-77-1",
      "notes.txt",
      "step-00000100",
      "step-1",
      "step-x.tmp-77-1",
    ]);
  }));

Deno.test("saveCheckpoint() deletes no checkpoint while a pointer is damaged", () =>
  withFolder(async (root) => {
    for (const step of [100, 200, 300]) await saveCheckpoint(root, contentOf(step, step === 100));
    Deno.writeTextFileSync(join(root, "best"), "step-0000\0");
    await saveCheckpoint(root, contentOf(400));
    await saveCheckpoint(root, contentOf(500));
    assert.ok(folders(root).includes("step-00000100"));
    await saveCheckpoint(root, contentOf(600, true));
    assert.deepEqual(folders(root), ["step-00000500", "step-00000600"]);
  }));

Deno.test("saveCheckpoint() refuses contents before it writes anything", () =>
  withFolder(async (root) => {
    const file = new Uint8Array(1);
    for (const step of [-1, 0.5, NaN, 1e15]) {
      await assert.rejects(saveCheckpoint(root, contentOf(step)), RangeError);
    }
    await assert.rejects(
      saveCheckpoint(root, { step: 1, best: false, files: new Map() }),
      RangeError,
    );
    for (
      const name of [
        "",
        ".",
        "..",
        "../a",
        "a/b",
        "a\\b",
        "manifest.json",
        "Manifest.JSON",
        ".hidden",
        "a\0",
      ]
    ) {
      const files = new Map([[name, file]]);
      await assert.rejects(saveCheckpoint(root, { step: 1, best: false, files }), RangeError, name);
    }
    assert.throws(() => Deno.statSync(root), Deno.errors.NotFound);
  }));

Deno.test("saveCheckpoint() explains why a folder cannot be written", () =>
  withFolder(async (root) => {
    Deno.writeTextFileSync(root, "a file where the folder should be");
    await assert.rejects(saveCheckpoint(root, contentOf(7)), (error: unknown) => {
      assert.ok(error instanceof CheckpointError);
      assert.match(
        error.message,
        /^Cannot save checkpoint: step 7 could not be written to .*; what was saved/,
      );
      return true;
    });
    await assert.rejects(loadCheckpoint(root, "last"), CheckpointError);
  }));
