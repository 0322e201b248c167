import assert from "node:assert/strict";
import {
  removeQuietlySync,
  stagingPattern,
  stagingSuffix,
  writeFileAtomically,
} from "../../../lib/files/atomic_write.ts";
import { CheckpointError } from "../../../lib/errors.ts";
import { withFolder } from "../../helpers/with_folder.ts";

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("writeFileAtomically() creates and replaces files and leaves nothing else", () =>
  withFolder(async (folder) => {
    await writeFileAtomically(`${folder}/a`, "first \u00e9");
    assert.equal(Deno.readTextFileSync(`${folder}/a`), "first \u00e9");
    await writeFileAtomically(`${folder}/a`, new Uint8Array(3_000_000).fill(7));
    assert.deepEqual(Deno.readFileSync(`${folder}/a`), new Uint8Array(3_000_000).fill(7));
    await writeFileAtomically(`${folder}/a`, "");
    assert.equal(Deno.readTextFileSync(`${folder}/a`), "");
    assert.deepEqual(names(folder), ["a"]);
  }));

Deno.test("writeFileAtomically() keeps the target and removes the staged file when it fails", () =>
  withFolder(async (folder) => {
    // A folder that is not empty cannot be replaced by a file: the rename fails after all was written.
    Deno.mkdirSync(`${folder}/target`);
    Deno.writeTextFileSync(`${folder}/target/kept`, "kept");
    await assert.rejects(writeFileAtomically(`${folder}/target`, "new"), (error: unknown) => {
      assert.ok(error instanceof CheckpointError);
      assert.ok(error.cause instanceof Error);
      assert.ok(
        error.message.startsWith(`Cannot write file: 3 bytes to ${folder}/target failed (`),
      );
      return true;
    });
    assert.deepEqual(names(folder), ["target"]);
    assert.equal(Deno.readTextFileSync(`${folder}/target/kept`), "kept");
  }));

Deno.test("writeFileAtomically() names the path when the folder is missing", () =>
  withFolder(async (folder) => {
    await assert.rejects(
      writeFileAtomically(`${folder}/none/a`, "x"),
      /none\/a failed \(.*\); check/s,
    );
  }));

Deno.test("writeFileAtomically() lets concurrent writers of one file finish, one of them last", () =>
  withFolder(async (folder) => {
    const contents = Array.from({ length: 8 }, (_, index) => String(index).repeat(50_000));
    await Promise.all(contents.map((content) => writeFileAtomically(`${folder}/a`, content)));
    assert.ok(contents.includes(Deno.readTextFileSync(`${folder}/a`)));
    assert.deepEqual(names(folder), ["a"]);
  }));

Deno.test("writeFileAtomically() is not hindered by what a killed process with the same number left", () =>
  withFolder(async (folder) => {
    // In a container every command may be process 1.
    const leftovers = Array.from({ length: 200 }, (_, count) => `a.tmp-${Deno.pid}-${count + 1}`);
    for (const name of leftovers) Deno.writeTextFileSync(`${folder}/${name}`, "half");
    await writeFileAtomically(`${folder}/a`, "whole");
    assert.equal(Deno.readTextFileSync(`${folder}/a`), "whole");
    assert.deepEqual(names(folder), ["a", ...leftovers].sort());
  }));

Deno.test("writeFileAtomically() removes no file that it did not create", () =>
  withFolder(async (folder) => {
    const open = Deno.open;
    let staged = "";
    Reflect.set(Deno, "open", (path: string, options: Deno.OpenOptions) => {
      staged = path;
      Deno.writeTextFileSync(path, "somebody else's");
      return open(path, options);
    });
    try {
      await assert.rejects(writeFileAtomically(`${folder}/a`, "new"), /exists/);
    } finally {
      Reflect.set(Deno, "open", open);
    }
    assert.equal(Deno.readTextFileSync(staged), "somebody else's");
    assert.deepEqual(names(folder).length, 1);
  }));

Deno.test({
  name: "writeFileAtomically() reports a full disk with the size and the path",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withFolder(async (folder) => {
      // A file size limit stands in for the full disk: writing beyond it fails in the middle of the file.
      const script = `${folder}/write.ts`;
      const lib = new URL("../../../lib/files/atomic_write.ts", import.meta.url);
      Deno.writeTextFileSync(
        script,
        `import { writeFileAtomically } from ${JSON.stringify(lib.href)};
        Deno.addSignalListener("SIGXFSZ", () => {});
        await writeFileAtomically(${JSON.stringify(`${folder}/big`)}, "old");
        try { await writeFileAtomically(${
          JSON.stringify(`${folder}/big`)
        }, new Uint8Array(40_000_000)); }
        catch (error) { console.log(error.message); }
        Deno.exit(0);`,
      );
      const command =
        `ulimit -f 20000; exec "$0" run --no-code-cache --no-lock --no-config --allow-read --allow-write "$1"`;
      const { stdout, stderr } = await new Deno.Command("bash", {
        args: ["-c", command, Deno.execPath(), script],
        env: { DENO_NO_UPDATE_CHECK: "1" },
      }).output();
      const said = new TextDecoder().decode(stdout);
      assert.match(
        said,
        /40000000 bytes to .*big failed \(File too large/,
        new TextDecoder().decode(stderr),
      );
      assert.equal(Deno.readTextFileSync(`${folder}/big`), "old");
      assert.deepEqual(names(folder), ["big", "write.ts"]);
    }),
});

Deno.test("stagingSuffix() is new at every call and recognised by its pattern", () => {
  const suffixes = [stagingSuffix(), stagingSuffix(), stagingSuffix()];
  assert.equal(new Set(suffixes).size, 3);
  for (const suffix of suffixes) assert.match(`step-00000001${suffix}`, stagingPattern);
  for (const name of ["a.tmp", "a.tmp-1", "a.tmp-x-1", "a.tmp-1-1.txt"]) {
    assert.doesNotMatch(name, stagingPattern);
  }
});

Deno.test("removeQuietlySync() removes what writes under way still put into the folder", () =>
  withFolder(async (folder) => {
    for (let round = 0; round < 20; round++) {
      const stage = `${folder}/stage${round}`;
      Deno.mkdirSync(stage);
      const content = new Uint8Array(100_000);
      // Begun, and not waited for: they go on in other threads while this one removes.
      const writes = Array.from({ length: 40 }, (_, index) => [
        Deno.writeFile(`${stage}/${index}`, content),
        Deno.mkdir(`${stage}/${index}.d/inner`, { recursive: true }),
      ]).flat().map((write) => write.catch(() => {}));
      removeQuietlySync(stage);
      const left = names(folder);
      await Promise.all(writes);
      assert.deepEqual(left, []);
      removeQuietlySync(stage);
    }
  }));
