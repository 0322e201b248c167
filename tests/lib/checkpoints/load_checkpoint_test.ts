import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { loadCheckpoint } from "../../../lib/checkpoints/load_checkpoint.ts";
import { saveCheckpoint } from "../../../lib/checkpoints/save_checkpoint.ts";
import { CheckpointError } from "../../../lib/errors.ts";
import { assertContent, contentOf, names, withFolder } from "./checkpoint_helpers.ts";

/** Changes one file in place. */
function damage(path: string, change: (bytes: Uint8Array) => Uint8Array): void {
  Deno.writeFileSync(path, change(Deno.readFileSync(path)));
}

function flipBit(bit: number): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    return bytes;
  };
}

Deno.test("loadCheckpoint() works in a run folder that was moved", () =>
  withFolder(async (root) => {
    await saveCheckpoint(root, contentOf(100, true));
    const moved = `${root}-moved elsewhere`;
    Deno.renameSync(root, moved);
    assertContent(await loadCheckpoint(moved, "last"), contentOf(100));
    await saveCheckpoint(moved, contentOf(200));
    assertContent(await loadCheckpoint(moved, "best"), contentOf(100));
  }));

Deno.test("loadCheckpoint() notices every flipped bit and every truncation, and falls back", () =>
  withFolder(async (root) => {
    await saveCheckpoint(root, contentOf(100));
    const newest = join(root, await saveCheckpoint(root, contentOf(200)));
    for (const file of names(newest)) {
      const path = join(newest, file);
      const intact = Deno.readFileSync(path);
      const change = fc.oneof(
        fc.nat(8 * intact.length - 1).map((bit) => ({ label: `bit ${bit}`, apply: flipBit(bit) })),
        fc.nat(intact.length - 1).map((length) => ({
          label: `length ${length}`,
          apply: (bytes: Uint8Array) => bytes.subarray(0, length),
        })),
        fc.constant({ label: "longer", apply: (bytes: Uint8Array) => Uint8Array.of(...bytes, 0) }),
      );
      await fc.assert(
        fc.asyncProperty(change, async ({ label, apply }) => {
          damage(path, apply);
          const loaded = await loadCheckpoint(root, "last");
          assertContent(loaded, contentOf(100));
          assert.equal(loaded.skipped.length, 1, `${file}, ${label}`);
          assert.ok(loaded.skipped[0]!.includes(newest), loaded.skipped[0]);
          Deno.writeFileSync(path, intact);
        }),
        { numRuns: 120 },
      );
    }
    assertContent(await loadCheckpoint(root, "last"), contentOf(200));
  }));

Deno.test("loadCheckpoint() notices each single bit of a manifest", () =>
  withFolder(async (root) => {
    const files = new Map([["a.bin", Uint8Array.of(1, 2, 3)]]);
    await saveCheckpoint(root, { step: 100, best: false, files });
    const path = join(
      root,
      await saveCheckpoint(root, { step: 200, best: false, files }),
      "manifest.json",
    );
    const intact = Deno.readFileSync(path);
    for (let bit = 0; bit < 8 * intact.length; bit++) {
      Deno.writeFileSync(path, flipBit(bit)(intact.slice()));
      assert.equal((await loadCheckpoint(root, "last")).step, 100, `bit ${bit}`);
    }
  }));

Deno.test("loadCheckpoint() names file, expected and found checksum when nothing is left", () =>
  withFolder(async (root) => {
    const folder = join(root, await saveCheckpoint(root, contentOf(100, true)));
    const path = join(folder, "weights.safetensors");
    damage(path, flipBit(77));
    for (const which of ["last", "best"] as const) {
      await assert.rejects(loadCheckpoint(root, which), (error: unknown) => {
        assert.ok(error instanceof CheckpointError);
        assert.match(error.message, /no complete one is left|the best one of .* is damaged/);
        assert.ok(error.message.includes(path));
        assert.match(error.message, /must have SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}/);
        return true;
      });
    }
  }));

Deno.test("loadCheckpoint() never replaces a damaged best checkpoint by another one", () =>
  withFolder(async (root) => {
    const best = join(root, await saveCheckpoint(root, contentOf(100, true)));
    await saveCheckpoint(root, contentOf(200));
    Deno.removeSync(join(best, "state.json"));
    await assert.rejects(loadCheckpoint(root, "best"), /state\.json is missing/);
    Deno.writeTextFileSync(join(root, "best"), "rubbish");
    await assert.rejects(
      loadCheckpoint(root, "best"),
      /the best one of .* is damaged.*another text of 7 characters/,
    );
    assertContent(await loadCheckpoint(root, "last"), contentOf(200));
  }));

Deno.test("loadCheckpoint() finds the newest checkpoint without a usable pointer, and says so", () =>
  withFolder(async (root) => {
    await saveCheckpoint(root, contentOf(99_999_999));
    await saveCheckpoint(root, contentOf(100_000_000));
    await saveCheckpoint(root, contentOf(100_000_000, false, 5));
    for (
      const text of [null, "", "step-00000001", "../checkpoints/step-99999999", "step-99999999\nx"]
    ) {
      if (text === null) Deno.removeSync(join(root, "last"));
      else Deno.writeTextFileSync(join(root, "last"), text);
      const loaded = await loadCheckpoint(root, "last");
      assertContent(loaded, contentOf(100_000_000, false, 5));
      assert.equal(loaded.skipped.length, 1, JSON.stringify(text));
    }
  }));

Deno.test("loadCheckpoint() refuses a checkpoint of another step or a later version", () =>
  withFolder(async (root) => {
    const folder = join(root, await saveCheckpoint(root, contentOf(100)));
    const path = join(folder, "manifest.json");
    const text = Deno.readTextFileSync(path);
    Deno.writeTextFileSync(path, text.replace('"step": 100', '"step": 101'));
    await assert.rejects(
      loadCheckpoint(root, "last"),
      /must be of the step in its folder's name, it is of step 101/,
    );
    Deno.writeTextFileSync(path, text.replace('"formatVersion": 1', '"formatVersion": 2'));
    await assert.rejects(
      loadCheckpoint(root, "last"),
      /formatVersion must be at most 1, .* has 2; update/,
    );
    Deno.writeTextFileSync(path, text.replace("state.json", "../../secret"));
    await assert.rejects(
      loadCheckpoint(root, "last"),
      /must have the form in which manifests are written/,
    );
    Deno.writeTextFileSync(path, " ".repeat(1_000_001));
    await assert.rejects(loadCheckpoint(root, "last"), /must have at most 1000000 bytes/);
  }));

Deno.test("loadCheckpoint() says what to do when there is nothing to load", () =>
  withFolder(async (root) => {
    await assert.rejects(
      loadCheckpoint(root, "last"),
      /there is none in .*; check the run folder, or train first/,
    );
    await saveCheckpoint(root, contentOf(1));
    await assert.rejects(loadCheckpoint(root, "best"), /appears with the first validation/);
  }));

Deno.test("loadCheckpoint() finds no damage where a training saves meanwhile and removes what was the best", () =>
  withFolder(async (root) => {
    await saveCheckpoint(root, contentOf(1, true));
    const { stat } = Deno;
    let hasSaved = false;
    Deno.stat = async (path) => {
      // Between the pointer and the first file.
      if (!hasSaved && String(path).includes("step-00000001")) {
        hasSaved = true;
        await saveCheckpoint(root, contentOf(2, true));
        await saveCheckpoint(root, contentOf(3));
      }
      return await stat(path);
    };
    try {
      assertContent(await loadCheckpoint(root, "best"), contentOf(2));
    } finally {
      Deno.stat = stat;
    }
    assert.equal(hasSaved, true);
    // What stays where it is and is damaged is still said to be.
    Deno.removeSync(join(root, "step-00000002", "manifest.json"));
    await assert.rejects(loadCheckpoint(root, "best"), /the best one of .* is damaged/);
  }));
