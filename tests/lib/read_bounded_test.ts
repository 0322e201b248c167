import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointError, DataError } from "../../lib/errors.ts";
import { readBounded, readBoundedText } from "../../lib/read_bounded.ts";
import { withFolder } from "../helpers/with_folder.ts";

const BOUNDS = { maxBytes: 1000, refusal: CheckpointError };

Deno.test("readBounded() reads files up to its bound, through links too", () =>
  withFolder(async (folder) => {
    const file = join(folder, "file");
    await Deno.writeFile(file, new Uint8Array(1000).fill(7));
    await Deno.symlink(file, join(folder, "link"));
    assert.deepEqual(await readBounded(join(folder, "link"), BOUNDS), new Uint8Array(1000).fill(7));
    await Deno.truncate(file, 1001);
    await assert.rejects(
      readBounded(file, BOUNDS),
      (error) => error instanceof CheckpointError && /at most 1000 bytes/.test(error.message),
    );
    // A terabyte that takes no room on the disk takes none in memory.
    await Deno.truncate(file, 2 ** 40);
    await assert.rejects(readBounded(file, { ...BOUNDS, refusal: DataError }), DataError);
  }));

Deno.test({
  name:
    "readBounded() refuses pipes and devices, and reads them up to its bound where they are wanted",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      const pipe = join(folder, "pipe");
      assert.ok((await new Deno.Command("mkfifo", { args: [pipe] }).output()).success);
      // Nobody writes to the pipe: opened, it would be waited for without an end.
      for (const path of [pipe, "/dev/zero"]) {
        await assert.rejects(
          readBounded(path, BOUNDS),
          (error) =>
            error instanceof CheckpointError && /it is a pipe or a device/.test(error.message),
        );
      }
      await assert.rejects(readBounded("/dev/zero", { ...BOUNDS, pipe: true }), /at most 1000/);
      const writer = new Deno.Command("sh", { args: ["-c", 'printf "a: b" > "$0"', pipe] }).spawn();
      assert.equal(await readBoundedText(pipe, { ...BOUNDS, pipe: true }), "a: b");
      await writer.status;
    }),
});

Deno.test("readBoundedText() reads UTF-8 and UTF-16 with a byte order mark, and leaves the mark out", () =>
  withFolder(async (folder) => {
    const file = join(folder, "text");
    const units = [..."\ufeffa: \u00e9"].map((letter) => letter.charCodeAt(0));
    const little = units.flatMap((unit) => [unit & 0xff, unit >> 8]);
    const big = units.flatMap((unit) => [unit >> 8, unit & 0xff]);
    const utf8 = new TextEncoder().encode("\ufeffa: \u00e9");
    for (const bytes of [little, big, [...utf8], [...utf8.subarray(3)]]) {
      await Deno.writeFile(file, Uint8Array.from(bytes));
      assert.equal(await readBoundedText(file, BOUNDS), "a: \u00e9");
    }
  }));

Deno.test("readBounded() passes on what the system says of missing files and folders", () =>
  withFolder(async (folder) => {
    await assert.rejects(readBounded(join(folder, "none"), BOUNDS), Deno.errors.NotFound);
    await assert.rejects(readBounded(folder, BOUNDS), Deno.errors.IsADirectory);
  }));
