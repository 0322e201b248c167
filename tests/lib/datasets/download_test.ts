import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { DataError } from "../../../lib/errors.ts";
import { download, type DownloadOptions } from "../../../lib/datasets/download.ts";
import { type ServerBehaviour, startFileServer } from "./helpers/file_server.ts";

const CONTENT = Uint8Array.from({ length: 50_000 }, (_, at) => (at * 7919 + (at >> 8)) & 0xff);
const OTHER = CONTENT.map((value) => value ^ 1);
const SHA256 = digest(CONTENT, "sha256");
const MD5 = digest(CONTENT, "md5");
/** Patience for tests. */
const QUICK: DownloadOptions = { retryDelay: 1, retries: 3, stallTimeout: 5000 };

function digest(content: Uint8Array, algorithm: string): string {
  return createHash(algorithm).update(content).digest("hex");
}

interface Outcome {
  readonly folder: string;
  readonly target: string;
  readonly requests: readonly { path: string; range: string | null; ifRange: string | null }[];
  readonly result: unknown;
}

/** Downloads once or more from a server in a fresh folder, then lets the test look at everything. */
async function withDownload(
  behave: (number: number, path: string) => ServerBehaviour,
  act: (urls: (...paths: string[]) => string[], target: string) => Promise<unknown>,
  check: (outcome: Outcome) => Promise<void> | void,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const target = join(folder, "file.bin");
  try {
    await using server = startFileServer(behave);
    const result = await act((...paths) => paths.map((path) => server.origin + path), target).catch(
      (error: unknown) => error,
    );
    await check({ folder, target, requests: server.requests, result });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function assertOnlyTarget({ folder, target, result }: Outcome): Promise<void> {
  if (result instanceof Error) throw result;
  assert.deepEqual(await Deno.readFile(target), CONTENT);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder), ({ name }) => name), ["file.bin"]);
}

Deno.test("download() brings a file and leaves nothing beside it", async () => {
  const seen: number[] = [];
  await withDownload(
    () => ({ content: CONTENT }),
    (urls, target) =>
      download(urls("/a"), target, {
        ...QUICK,
        sha256: SHA256.toUpperCase(),
        md5: MD5,
        length: CONTENT.length,
        onProgress: (done) => seen.push(done),
      }),
    async (outcome) => {
      await assertOnlyTarget(outcome);
      const { address, bytes, sha256 } = outcome.result as Awaited<ReturnType<typeof download>>;
      assert.match(address ?? "", /^http:\/\/127\.0\.0\.1:\d+\/a$/);
      assert.deepEqual({ bytes, sha256 }, { bytes: CONTENT.length, sha256: SHA256 });
      assert.equal(seen[0], 0);
      assert.equal(seen.at(-1), CONTENT.length);
    },
  );
});

Deno.test("download() continues a dropped download where it broke", async () => {
  await withDownload(
    (number) => number < 2 ? { content: CONTENT, dropAfter: 12_000 } : { content: CONTENT },
    (urls, target) => download(urls("/a"), target, { ...QUICK, sha256: SHA256 }),
    async (outcome) => {
      await assertOnlyTarget(outcome);
      const [first, second, third] = outcome.requests;
      assert.equal(first?.range, null);
      assert.equal(second?.range, "bytes=12000-");
      assert.equal(second?.ifRange, '"v1"');
      assert.equal(third?.range, "bytes=24000-");
    },
  );
});

Deno.test("download() of a later call continues what an earlier one left", async () => {
  await withDownload(
    (number) => number === 0 ? { content: CONTENT, dropAfter: 9000 } : { content: CONTENT },
    async (urls, target) => {
      const options = { ...QUICK, retries: 0, length: CONTENT.length };
      await assert.rejects(download(urls("/a"), target, options), DataError);
      assert.equal((await Deno.stat(`${target}.part`)).size, 9000);
      return await download(urls("/a"), target, options);
    },
    async (outcome) => {
      await assertOnlyTarget(outcome);
      assert.equal(outcome.requests[1]?.range, "bytes=9000-");
    },
  );
});

Deno.test("download() starts over when the server ignores ranges", async () => {
  await withDownload(
    (number) => ({
      content: CONTENT,
      ignoresRange: true,
      ...number === 0 ? { dropAfter: 20_000 } : {},
    }),
    (urls, target) => download(urls("/a"), target, { ...QUICK, length: CONTENT.length }),
    assertOnlyTarget,
  );
});

Deno.test("download() starts over when the file changed between two attempts", async () => {
  await withDownload(
    (number) =>
      number === 0
        ? { content: OTHER, etag: '"old"', dropAfter: 20_000 }
        : { content: CONTENT, etag: '"new"' },
    // No digest: only the ETag tells that the two halves do not belong together.
    (urls, target) => download(urls("/a"), target, QUICK),
    async (outcome) => {
      await assertOnlyTarget(outcome);
      assert.equal(outcome.requests[1]?.ifRange, '"old"');
    },
  );
});

Deno.test("download() joins no two versions when it ends right after it noted the new one", async () => {
  const rename = Deno.rename;
  await withDownload(
    (number) =>
      number === 0
        ? { content: OTHER, etag: '"old"', dropAfter: 20_000 }
        : { content: CONTENT, etag: '"new"' },
    async (urls, target) => {
      const options = { ...QUICK, retries: 0 };
      await assert.rejects(download(urls("/a"), target, options), DataError);
      // The end of the process: nothing happens after the state has its name.
      Reflect.set(Deno, "rename", async (from: string, to: string) => {
        await rename(from, to);
        if (to.endsWith(".json")) throw new Error("killed");
      });
      try {
        await assert.rejects(download(urls("/a"), target, options), /killed/);
      } finally {
        Reflect.set(Deno, "rename", rename);
      }
      return await download(urls("/a"), target, options);
    },
    assertOnlyTarget,
  );
});

Deno.test("download() distrusts a range of another version or of another place", async () => {
  for (const fault of [{ etag: '"new"', ignoresIfRange: true }, { shiftsRange: true }]) {
    await withDownload(
      (number) =>
        number === 0 ? { content: CONTENT, dropAfter: 20_000 } : { content: CONTENT, ...fault },
      (urls, target) => download(urls("/a"), target, QUICK),
      async (outcome) => {
        await assertOnlyTarget(outcome);
        assert.deepEqual(outcome.requests.map(({ range }) => range), [null, "bytes=20000-", null]);
      },
    );
  }
});

Deno.test("download() sends no If-Range with a weak ETag and still continues if a digest decides", async () => {
  await withDownload(
    (number) => ({
      content: CONTENT,
      etag: 'W/"v1"',
      ...number === 0 ? { dropAfter: 20_000 } : {},
    }),
    (urls, target) => download(urls("/a"), target, { ...QUICK, sha256: SHA256 }),
    async (outcome) => {
      await assertOnlyTarget(outcome);
      assert.deepEqual(outcome.requests[1], { path: "/a", range: "bytes=20000-", ifRange: null });
    },
  );
});

Deno.test("download() continues no part of another address, nor one that nothing vouches for", async () => {
  for (const [etag, next] of [['"v1"', "/b"], [null, "/a"]] as const) {
    await withDownload(
      (number) =>
        number === 0 ? { content: OTHER, etag, dropAfter: 9000 } : { content: CONTENT, etag },
      async (urls, target) => {
        const options = { ...QUICK, retries: 0, length: CONTENT.length };
        await assert.rejects(download(urls("/a"), target, options), DataError);
        return await download(urls(next), target, options);
      },
      async (outcome) => {
        await assertOnlyTarget(outcome);
        assert.equal(outcome.requests[1]!.range, null);
      },
    );
  }
});

Deno.test("download() fetches all anew when a continued file has the wrong digest", async () => {
  await withDownload(
    (number) => ({
      content: number === 0 ? OTHER : CONTENT,
      etag: null,
      ...number === 0 ? { dropAfter: 20_000 } : {},
    }),
    (urls, target) => download(urls("/a"), target, { ...QUICK, sha256: SHA256 }),
    async (outcome) => {
      await assertOnlyTarget(outcome);
      assert.deepEqual(outcome.requests.map(({ range }) => range), [null, "bytes=20000-", null]);
    },
  );
});

Deno.test("download() goes on to a mirror after a wrong digest, length or status", async () => {
  const faults: ServerBehaviour[] = [
    { content: OTHER },
    { content: CONTENT.subarray(1) },
    { response: () => new Response("gone", { status: 404 }) },
    {
      response: () =>
        new Response(new Uint8Array(CONTENT), { headers: { "content-encoding": "x-own" } }),
    },
  ];
  for (const fault of faults) {
    await withDownload(
      (_, path) => path === "/bad" ? fault : { content: CONTENT },
      (urls, target) =>
        download(urls("/bad", "/good"), target, { ...QUICK, md5: MD5, length: CONTENT.length }),
      async (outcome) => {
        await assertOnlyTarget(outcome);
        assert.deepEqual(outcome.requests.map(({ path }) => path), ["/bad", "/good"]);
      },
    );
  }
});

Deno.test("download() names every address and its fault, and keeps what was at the target", async () => {
  await withDownload(
    (_, path) =>
      path === "/gone" ? { response: () => new Response(null, { status: 410 }) } : {
        content: OTHER,
      },
    async (urls, target) => {
      await Deno.writeTextFile(target, "mine");
      return await download(urls("/gone?key=secret", "/wrong"), target, { ...QUICK, md5: MD5 });
    },
    async ({ result, target, folder }) => {
      assert.ok(result instanceof DataError);
      assert.match(
        result.message,
        /\/gone: status 410; .*\/wrong: wrong content: md5 is [0-9a-f]+/,
      );
      assert.doesNotMatch(result.message, /secret/);
      assert.equal(await Deno.readTextFile(target), "mine");
      assert.equal((await Array.fromAsync(Deno.readDir(folder))).length, 1);
    },
  );
});

Deno.test("download() takes a whole part as the file when the server answers 416", async () => {
  await withDownload(
    () => ({ content: CONTENT }),
    async (urls, target) => {
      await download(urls("/a"), `${target}-first`, QUICK);
      // A run that was killed between the last byte and the new name, with the total not yet known.
      const part = `${target}.part`;
      await Deno.rename(`${target}-first`, part);
      const address = createHash("sha256").update(urls("/a")[0]!).digest("hex");
      await Deno.writeTextFile(
        `${part}.json`,
        JSON.stringify({ address, validator: '"v1"', total: null }),
      );
      return await download(urls("/a"), target, QUICK);
    },
    async (outcome) => {
      await assertOnlyTarget(outcome);
      assert.equal(outcome.requests[1]?.range, `bytes=${CONTENT.length}-`);
    },
  );
});

Deno.test("download() starts over when 416 says that the part does not fit", async () => {
  await withDownload(
    (number) =>
      number === 0 ? { content: CONTENT, dropAfter: 20_000 } : number === 1
        ? {
          response: () =>
            new Response(null, { status: 416, headers: { "content-range": "bytes */10" } }),
        }
        : { content: CONTENT },
    (urls, target) => download(urls("/a"), target, QUICK),
    async (outcome) => {
      await assertOnlyTarget(outcome);
      assert.equal(outcome.requests[2]?.range, null);
    },
  );
});

Deno.test("download() waits as long as Retry-After says, and no longer than it may", async () => {
  const busy = (seconds: string) => ({
    response: () => new Response(null, { status: 503, headers: { "retry-after": seconds } }),
  });
  let started = 0;
  await withDownload(
    (number) => number === 0 ? busy("1") : { content: CONTENT },
    (urls, target) => {
      started = performance.now();
      return download(urls("/a"), target, QUICK);
    },
    async (outcome) => {
      await assertOnlyTarget(outcome);
      assert.ok(performance.now() - started >= 990);
    },
  );
  await withDownload(
    (_, path) => path === "/busy" ? busy("3600") : { content: CONTENT },
    (urls, target) => download(urls("/busy", "/free"), target, QUICK),
    assertOnlyTarget,
  );
});

Deno.test("download() gives an address up after its retries, each of which waits twice as long", async () => {
  const notes: string[] = [];
  const onNote = (text: string) => notes.push(text);
  await withDownload(
    () => ({ response: () => new Response(null, { status: 500 }) }),
    (urls, target) => download(urls("/a"), target, { ...QUICK, retryDelay: 100, onNote }),
    ({ result, requests }) => {
      assert.deepEqual(
        notes.slice(0, 3),
        ["0.1", "0.2", "0.4"].map((pause) => `status 500; trying again in ${pause} s`),
      );
      assert.ok(result instanceof DataError);
      assert.match(result.message, /status 500 \(4 attempts without progress\)/);
      assert.equal(requests.length, 4);
    },
  );
});

Deno.test("download() ends a silent connection and continues", async () => {
  await withDownload(
    (number) => number === 0 ? { content: CONTENT, stallAfter: 10_000 } : { content: CONTENT },
    (urls, target) => download(urls("/a"), target, { ...QUICK, stallTimeout: 150 }),
    async (outcome) => {
      await assertOnlyTarget(outcome);
      assert.equal(outcome.requests[1]?.range, "bytes=10000-");
    },
  );
});

Deno.test("download() follows redirects, but not in circles and not to other protocols", async () => {
  const redirect = (location: string) => ({
    response: () => new Response(null, { status: 302, headers: { location } }),
  });
  await withDownload(
    (_, path) => path === "/old" ? redirect("/new") : { content: CONTENT },
    (urls, target) => download(urls("/old"), target, QUICK),
    assertOnlyTarget,
  );
  await withDownload(
    () => redirect("/again"),
    (urls, target) => download(urls("/again"), target, QUICK),
    ({ result, requests }) => {
      assert.match(String(result), /more than 5 redirects/);
      assert.equal(requests.length, 6);
    },
  );
  await withDownload(
    () => redirect("file:///etc/passwd"),
    (urls, target) => download(urls("/a"), target, QUICK),
    ({ result }) => assert.match(String(result), /leads to a file: address/),
  );
});

Deno.test("download() stops on abort and keeps the part", async () => {
  const controller = new AbortController();
  await withDownload(
    () => ({ content: CONTENT, stallAfter: 10_000 }),
    (urls, target) =>
      download(urls("/a"), target, {
        ...QUICK,
        signal: controller.signal,
        onProgress: (done) => done >= 10_000 && controller.abort(new Error("enough")),
      }),
    async ({ result, target }) => {
      assert.equal((result as Error).message, "enough");
      assert.ok((await Deno.stat(`${target}.part`)).size >= 9000);
    },
  );
});

Deno.test("download() refuses a file that is longer than it may be", async () => {
  const chunked = () => {
    const content = new Uint8Array(CONTENT);
    return new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(content);
          controller.enqueue(content);
          controller.close();
        },
      }),
    );
  };
  await withDownload(
    () => ({ response: chunked }),
    (urls, target) => download(urls("/a"), target, { ...QUICK, length: CONTENT.length }),
    ({ result }) => assert.match(String(result), /longer than the 50000 bytes announced/),
  );
});

Deno.test("download() called four times at once fetches once", async () => {
  await withDownload(
    () => ({ content: CONTENT }),
    (urls, target) =>
      Promise.all(
        Array.from({ length: 4 }, () => download(urls("/a"), target, { ...QUICK, sha256: SHA256 })),
      ),
    async (outcome) => {
      await assertOnlyTarget(outcome);
      assert.equal(outcome.requests.length, 1);
    },
  );
});

Deno.test("download() gives a connection up that is never silent and hardly brings a byte", async () => {
  await withDownload(
    (number) => number === 0 ? { content: CONTENT, dripEvery: 20 } : { content: CONTENT },
    (urls, target) => download(urls("/a"), target, { ...QUICK, stallTimeout: 300 }),
    async (outcome) => {
      await assertOnlyTarget(outcome);
      assert.match(outcome.requests[1]?.range ?? "", /^bytes=\d{1,3}-$/);
    },
  );
});

Deno.test("download() gives an address up that breaks off after a few bytes, every time", async () => {
  await withDownload(
    () => ({ content: CONTENT, dropAfter: 100 }),
    (urls, target) => download(urls("/a"), target, { ...QUICK, length: CONTENT.length }),
    ({ result, requests }) => {
      assert.match(String(result), /4 attempts without progress/);
      assert.equal(requests.length, 4);
    },
  );
});

Deno.test("download() waits after 429 until the time that Retry-After gives as a date", async () => {
  const later = () => new Date(Date.now() + 2000).toUTCString();
  const started = performance.now();
  await withDownload(
    (number) =>
      number === 0
        ? {
          response: () => new Response(null, { status: 429, headers: { "retry-after": later() } }),
        }
        : { content: CONTENT },
    (urls, target) => download(urls("/a"), target, QUICK),
    async (outcome) => {
      await assertOnlyTarget(outcome);
      // The date has whole seconds.
      assert.ok(performance.now() - started >= 900);
    },
  );
});

/** A body that never ends, quickly. */
function endlessBody(): ReadableStream<Uint8Array> {
  const piece = new Uint8Array(2 ** 16).fill(7);
  return new ReadableStream({ pull: (controller) => controller.enqueue(piece) });
}

Deno.test("download() gives up a body without an end, and leaves nothing of it", async () => {
  await withDownload(
    () => ({ response: () => new Response(endlessBody()) }),
    (urls, target) => download(urls("/a", "/b"), target, { ...QUICK, maxBytes: 1_000_000 }),
    async ({ folder, result, requests }) => {
      assert.match(String(result), /longer than the 1000000 bytes that are taken without a length/);
      assert.deepEqual(requests.map(({ path }) => path), ["/a", "/b"]);
      assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
    },
  );
});

Deno.test("download() refuses a file that is announced to be too long before a byte of it", async () => {
  const seen: number[] = [];
  await withDownload(
    () => ({ content: CONTENT }),
    (urls, target) =>
      download(urls("/a"), target, {
        ...QUICK,
        maxBytes: 1000,
        onProgress: (done) => seen.push(done),
      }),
    async ({ folder, result }) => {
      assert.match(String(result), /the file has 50000 bytes there, at most 1000 are taken/);
      assert.deepEqual([seen, await Array.fromAsync(Deno.readDir(folder))], [[], []]);
    },
  );
});
