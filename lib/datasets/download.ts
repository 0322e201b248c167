import { basename, dirname } from "node:path";
import { DataError } from "../errors.ts";
import { fetchPart, removePart } from "./download_part.ts";
import { digestFile, type FileDigest } from "./file_digest.ts";
import { withFileLock } from "./file_lock.ts";
import { pathExists } from "../files/path_exists.ts";
import { publicAddress } from "./http_request.ts";
import { syncPath } from "../files/sync_path.ts";

/** Options of `download`. */
export interface DownloadOptions {
  /** Length in bytes that the file must have. */
  readonly length?: number | undefined;
  /**
   * Most bytes of a file whose length is not given: a body without an end must not fill the disk.
   *
   * @default 17179869184 (16 GiB)
   */
  readonly maxBytes?: number | undefined;
  /** SHA-256 that the file must have, 64 hexadecimal digits. */
  readonly sha256?: string | undefined;
  /** MD5 that the file must have, 32 hexadecimal digits; for publishers who give no better one. */
  readonly md5?: string | undefined;
  /** Hears the bytes on disk and the total, `null` while that is unknown. */
  readonly onProgress?: ((done: number, total: number | null) => void) | undefined;
  /** Called with a few words about retries, other addresses and waiting. */
  readonly onNote?: ((text: string) => void) | undefined;
  /** Stops the download; what came stays for the next time. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds with less than a byte each after which a connection counts as dead.
   *
   * @default 30000
   */
  readonly stallTimeout?: number | undefined;
  /**
   * Attempts that may fail one after the other, with hardly a new byte, before an address is given up.
   *
   * @default 4
   */
  readonly retries?: number | undefined;
  /**
   * Milliseconds before the first repetition; doubled each time, up to 30 s.
   *
   * @default 1000
   */
  readonly retryDelay?: number | undefined;
  /**
   * Longest wait in milliseconds that a server may ask for (Retry-After) before the next address is tried.
   *
   * @default 60000
   */
  readonly maxRetryAfter?: number | undefined;
}

/** What `download` returns. */
export interface DownloadResult extends FileDigest {
  /** Address that gave the file, without user, password and query; `null` if it was there already. */
  readonly address: string | null;
}

/** New bytes that make an attempt count as one: a server could give a single byte to each, and break off. */
const MIN_PROGRESS = 2 ** 14;

/** An archive of the largest dataset here, at full size, has less than half of it. */
const MAX_BYTES = 2 ** 34;

/** Longest pause between two attempts, in milliseconds. */
const MAX_DELAY = 30_000;

/**
 * Downloads one file from the first address that gives the right one.
 *
 * The bytes go into `<target>.part`; a broken download is continued, also by a later call, where the server
 * says that its file is still the same. Length and digest are checked before the file gets its name, in one
 * step. Several processes that want the same target fetch it once.
 *
 * @param urls Addresses in the order to try, http or https.
 * @param target Path of the file; its folder is created.
 * @param options Length, digest, patience.
 * @returns Length, digests and source of the file.
 * @throws {DataError} if no address gives the right file; what was at `target` stays.
 */
export async function download(
  urls: readonly string[],
  target: string,
  options: DownloadOptions = {},
): Promise<DownloadResult> {
  return await withFileLock(`${target}.lock`, async () => {
    const present = await digestPresent(target, options);
    if (present !== null) return { ...present, address: null };
    const failures: string[] = [];
    for (const url of urls) {
      const result = await downloadFrom(url, target, options);
      if (typeof result !== "string") {
        await Deno.rename(`${target}.part`, target);
        await removePart(`${target}.part`);
        await syncPath(dirname(target));
        return { ...result, address: publicAddress(url) };
      }
      failures.push(`${publicAddress(url)}: ${result}`);
      options.onNote?.(`${publicAddress(url)} gave up: ${result}`);
    }
    throw new DataError(
      `Cannot download ${basename(target)}: ${failures.join("; ") || "no address given"}; ` +
        `try again later, name another address with --mirror, or give a local copy with --from`,
    );
  }, {
    onWait: () => options.onNote?.("another process is fetching it, waiting"),
    signal: options.signal,
  });
}

/** Digests of a target that is there and can be told to be right; `null` otherwise. */
async function digestPresent(target: string, options: DownloadOptions): Promise<FileDigest | null> {
  const isRecognisable = options.sha256 !== undefined || options.md5 !== undefined;
  if (!isRecognisable || !await pathExists(target)) return null;
  const digest = await digestFile(target, { signal: options.signal });
  return describeMismatch(digest, options) === null ? digest : null;
}

/** Tries one address until it gives the right file; otherwise says why it did not. */
async function downloadFrom(
  url: string,
  target: string,
  options: DownloadOptions,
): Promise<FileDigest | string> {
  const { retries = 4, retryDelay = 1000, maxRetryAfter = 60_000, signal } = options;
  const part = `${target}.part`;
  let failures = 0;
  let counted = 0;
  let hasRestarted = false;
  for (;;) {
    const outcome = await fetchPart(url, part, {
      length: options.length ?? null,
      maxBytes: options.maxBytes ?? MAX_BYTES,
      hasDigest: options.sha256 !== undefined || options.md5 !== undefined,
      stallTimeout: options.stallTimeout ?? 30_000,
      onProgress: options.onProgress,
      signal,
    });
    if (outcome.kind === "refused") return outcome.reason;
    if (outcome.kind === "complete") {
      const digest = await digestFile(part, { signal });
      const mismatch = describeMismatch(digest, options);
      if (mismatch === null) return digest;
      await removePart(part);
      // A part put together from two attempts may itself be the fault: the whole file is fetched again, once.
      if (!outcome.resumed || hasRestarted) return mismatch;
      hasRestarted = true;
      options.onNote?.(`${mismatch}; starting over`);
      continue;
    }
    const reached = await sizeOf(part);
    const isFarther = reached >= counted + MIN_PROGRESS;
    failures = isFarther ? 1 : failures + 1;
    if (isFarther) counted = reached;
    if (failures > retries) return `${outcome.reason} (${failures} attempts without progress)`;
    if ((outcome.wait ?? 0) > maxRetryAfter) {
      return `${outcome.reason}, asks to wait ${Math.round((outcome.wait ?? 0) / 1000)} s`;
    }
    const pause = outcome.wait ?? Math.min(MAX_DELAY, retryDelay * 2 ** (failures - 1));
    options.onNote?.(`${outcome.reason}; trying again in ${(pause / 1000).toFixed(1)} s`);
    await sleep(pause, signal);
  }
}

function describeMismatch(found: FileDigest, wanted: DownloadOptions): string | null {
  if (wanted.length !== undefined && found.bytes !== wanted.length) {
    return `the file has ${found.bytes} bytes, ${wanted.length} are expected`;
  }
  for (const algorithm of ["sha256", "md5"] as const) {
    const expected = wanted[algorithm]?.toLowerCase();
    if (expected !== undefined && found[algorithm] !== expected) {
      return `wrong content: ${algorithm} is ${found[algorithm]}, expected ${expected}`;
    }
  }
  return null;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/** Waits; an abort ends the wait with the signal's reason. */
function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
