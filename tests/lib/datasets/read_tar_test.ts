import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { DataError } from "../../../lib/errors.ts";
import { type ExtractedFile, readTar, selectExpected } from "../../../lib/datasets/read_tar.ts";
import { gzip, makeTar, type TestMember } from "./helpers/make_tar.ts";

const EXPECTED = [
  { name: "set/a.bin", output: "a.bin", bytes: 700, isOptional: false },
  { name: "set/names.txt", output: "names.txt", bytes: 100, isOptional: true },
];
const GOOD = Uint8Array.from({ length: 700 }, (_, at) => at & 0xff);

interface Outcome {
  readonly files: readonly ExtractedFile[];
  /** Everything below the folder that encloses the output folder, with its content's length. */
  readonly tree: readonly string[];
  readonly output: string;
}

/** Unpacks an archive into `<temporary>/out` and lists all that is in `<temporary>` afterwards. */
async function unpack(archive: Uint8Array, act: (outcome: Outcome) => unknown): Promise<void> {
  const folder = await Deno.makeTempDir();
  const output = join(folder, "out");
  try {
    await Deno.mkdir(output);
    await Deno.writeFile(join(folder, "archive"), archive);
    const options = { folder: output, select: selectExpected(EXPECTED), maxBytes: 20_000 };
    const files = await readTar(join(folder, "archive"), options);
    const top = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    const inner = await Array.fromAsync(Deno.readDir(output), ({ name }) => `out/${name}`);
    await act({ files, tree: [...top, ...inner].sort(), output });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function unpackMembers(members: readonly TestMember[]): Promise<void> {
  return unpack(makeTar(members), () => {});
}

Deno.test("readTar() writes the wanted members of plain and compressed archives", async () => {
  const tar = makeTar([
    { name: "set/", type: "5" },
    { name: "set/names.txt", content: "one\ntwo\n" },
    { name: "set/readme.html", content: "<p>not wanted</p>" },
    { name: "set/a.bin", content: GOOD },
  ]);
  for (const archive of [tar, await gzip(tar)]) {
    await unpack(archive, async ({ files, tree, output }) => {
      assert.deepEqual(tree, ["archive", "out", "out/a.bin", "out/names.txt"]);
      assert.deepEqual(await Deno.readFile(join(output, "a.bin")), GOOD);
      const sha256 = createHash("sha256").update(GOOD).digest("hex");
      assert.deepEqual(files[1], { name: "a.bin", bytes: 700, sha256 });
    });
  }
});

Deno.test("readTar() writes nothing for members that point elsewhere", async () => {
  const hostile = [
    "../escaped",
    "../../tmp/escaped",
    "/tmp/escaped",
    "set/../../escaped",
    "./set/a.bin",
    "set//a.bin",
    "SET/A.BIN",
  ];
  const members = hostile.map((name) => ({ name, content: GOOD }));
  await unpack(makeTar([...members, { name: "set/a.bin", content: GOOD }]), ({ tree }) => {
    assert.deepEqual(tree, ["archive", "out", "out/a.bin"]);
  });
});

Deno.test("readTar() refuses links under a wanted name", async () => {
  for (const type of ["1", "2", "3", "5", "6"]) {
    const link = { name: "set/a.bin", type, link: "/etc/passwd" };
    await assert.rejects(unpackMembers([link, { name: "set/a.bin", content: GOOD }]), (error) => {
      assert.ok(error instanceof DataError);
      assert.match(error.message, /set\/a\.bin must be a regular file of 700 bytes/);
      return true;
    });
  }
});

Deno.test("readTar() refuses a wanted member of another length", async () => {
  for (const content of [GOOD.subarray(1), new Uint8Array(701), new Uint8Array(0)]) {
    await assert.rejects(unpackMembers([{ name: "set/a.bin", content }]), /must be a regular file/);
  }
  const names = { name: "set/names.txt", content: "x".repeat(101) };
  await assert.rejects(unpackMembers([names]), /at most 100 bytes, the archive has 101 bytes/);
});

Deno.test("readTar() lets no extended header rename or resize the next member", async () => {
  const pax = { name: "PaxHeader", type: "x", content: "20 path=set/a.bin\n15 size=700\n" };
  const long = { name: "././@LongLink", type: "L", content: "set/a.bin\0" };
  for (const header of [pax, long]) {
    await unpack(makeTar([header, { name: "other", content: "small" }]), ({ files }) => {
      assert.deepEqual(files, []);
    });
  }
});

Deno.test("readTar() refuses a second member for the same place", async () => {
  const member = { name: "set/a.bin", content: GOOD };
  await assert.rejects(unpackMembers([member, member]), /two members want to be a\.bin/);
});

Deno.test("readTar() refuses truncated archives, wherever they end", async () => {
  const tar = makeTar([{ name: "set/a.bin", content: GOOD }]);
  for (const length of [0, 100, 512, 600, 1500, 1536]) {
    await assert.rejects(unpack(tar.slice(0, length), () => {}), /ends early, after \d+ bytes/);
  }
  const packed = await gzip(makeTar([{ name: "set/a.bin", content: GOOD }]));
  for (const length of [10, packed.length >> 1, packed.length - 4]) {
    await assert.rejects(unpack(packed.slice(0, length), () => {}), DataError);
  }
});

Deno.test("readTar() compares the checksum at the end of gzip data", async () => {
  const packed = await gzip(makeTar([{ name: "set/a.bin", content: GOOD }]));
  packed[packed.length - 6]! ^= 1;
  await assert.rejects(unpack(packed, () => {}), /compressed data is damaged/);
});

Deno.test("readTar() refuses what is no tar archive", async () => {
  const noise = Uint8Array.from({ length: 2048 }, (_, at) => (at * 37 + 11) & 0xff);
  await assert.rejects(
    unpack(noise, () => {}),
    /not in tar format; give a .tar or .tar.gz, or the folder/,
  );
  const spoilt = { name: "set/a.bin", content: GOOD, hasBadChecksum: true };
  await assert.rejects(unpackMembers([spoilt]), /header is damaged/);
  await assert.rejects(unpack(await gzip(noise), () => {}), /header is damaged/);
});

Deno.test("readTar() refuses a folder, and leaves it closed", async () => {
  const folder = await Deno.makeTempDir();
  const options = { folder, select: selectExpected(EXPECTED), maxBytes: 20_000 };
  await assert.rejects(
    readTar(folder, options),
    (error) => error instanceof DataError && error.message.includes("cannot be opened"),
  );
  await Deno.remove(folder);
});

Deno.test("readTar() stops at an archive that unpacks to too much", async () => {
  const bomb = await gzip(makeTar([{ name: "zeros", content: new Uint8Array(5_000_000) }]));
  assert.ok(bomb.length < 20_000);
  await assert.rejects(unpack(bomb, () => {}), /unpacks to more than 20000 bytes/);
  const liar = { name: "zeros", content: "", claimedBytes: 8_000_000_000 };
  await assert.rejects(unpackMembers([liar]), /unpacks to more than 20000 bytes/);
});

Deno.test("readTar() does not let names of an archive reach the terminal raw", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const archive = join(folder, "archive");
    await Deno.writeFile(
      archive,
      makeTar([{ name: "\x1b[2Ja", content: "1" }, { name: "\x1b[2Jb", content: "2" }]),
    );
    const reading = readTar(archive, { folder, select: () => "same", maxBytes: 1e5 });
    await assert.rejects(reading, (error) => {
      assert.ok(error instanceof DataError);
      assert.ok(!error.message.includes("\x1b"));
      return true;
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
