import { createHash } from "node:crypto";
import { DataError, PuppetError } from "../errors.ts";
import { findExcess, LOOK_EVERY } from "./download_room.ts";
import {
  parseContentRange,
  RefusedAddress,
  requestFollowing,
  retryAfterMilliseconds,
} from "./http_request.ts";
import { StallWatch } from "./stall_watch.ts";
import { replaceFile } from "../files/atomic_write.ts";

/** What stands beside a part to make it resumable. */
interface PartState {
  /** SHA-256 of the address: a part is continued from where it began, and the address may hold a key. */
  readonly address: string;
  /** Strong ETag or Last-Modified date that says whether the file is still the same; `null` without. */
  readonly validator: string | null;
  /** Length of the whole file in bytes; `null` while unknown. */
  readonly total: number | null;
}

/** Options of `fetchPart`. */
export interface FetchPartOptions {
  /** Length that the whole file must have; `null` if unknown. */
  readonly length: number | null;
  /** Most bytes that a file of unknown length may have; what is longer is given up and removed. */
  readonly maxBytes: number;
  /** Whether a digest will be checked afterwards; then a part without validator may be continued too. */
  readonly hasDigest: boolean;
  /** Milliseconds with hardly a byte after which the connection counts as dead. */
  readonly stallTimeout: number;
  /** Hears the bytes on disk and the total. */
  readonly onProgress?: ((done: number, total: number | null) => void) | undefined;
  /** Stops the download; the part stays. */
  readonly signal?: AbortSignal | undefined;
}

/** How an attempt ended. */
export type PartOutcome =
  /** The part is whole; `resumed` if some of it came from an earlier attempt. */
  | { readonly kind: "complete"; readonly resumed: boolean }
  /** Try the same address again, after `wait` milliseconds if the server said so. */
  | { readonly kind: "retry"; readonly reason: string; readonly wait: number | null }
  /** The address will not do. */
  | { readonly kind: "refused"; readonly reason: string };

/** Statuses that a server may answer otherwise a moment later. */
const TRANSIENT = [408, 425, 429, 500, 502, 503, 504];

/**
 * Makes one attempt to bring a file, or what is missing of it, into a part file.
 *
 * An earlier part is continued with Range and If-Range; a server that sends the whole file instead, or
 * another version of it, makes the part start over.
 *
 * @param url Address.
 * @param part Path of the part file; `<part>.json` stands beside it.
 * @param options Length, timeout, progress.
 * @returns How it ended.
 * @throws {DataError} if the part cannot be written.
 */
export async function fetchPart(
  url: string,
  part: string,
  options: FetchPartOptions,
): Promise<PartOutcome> {
  const kept = await readPart(url, part, options);
  const total = options.length ?? kept.total;
  if (total !== null && total > 0 && kept.offset === total) {
    return { kind: "complete", resumed: true };
  }
  const watch = new StallWatch(options.stallTimeout, options.signal);
  try {
    const headers: Record<string, string> = { "accept-encoding": "identity" };
    if (kept.offset > 0) headers.range = `bytes=${kept.offset}-`;
    if (kept.offset > 0 && kept.validator !== null) headers["if-range"] = kept.validator;
    const response = await requestFollowing(url, { headers, signal: watch.signal });
    try {
      const plan = await planBody(response, { kept, part, length: options.length });
      if ("kind" in plan) return plan;
      const limits = { ...plan, maxBytes: options.maxBytes };
      const excess = await findExcess(part, limits);
      if (excess !== null) return { kind: "refused", reason: excess };
      // Killed in between, the new validator would stand beside bytes of another version, and vouch for them.
      if (plan.offset === 0) await onDisk(part, () => removeFile(part));
      await writeState(part, url, { response, total: plan.total });
      return await appendBody(response, part, { ...limits, watch, onProgress: options.onProgress });
    } finally {
      // A body that was not read to its end would keep the connection open.
      if (!response.bodyUsed) await response.body?.cancel().catch(() => {});
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof RefusedAddress) return { kind: "refused", reason: error.message };
    if (error instanceof PuppetError || error instanceof Deno.errors.NotCapable) throw error;
    const reason = watch.hasStalled
      ? `hardly any data for ${options.stallTimeout / 1000} s`
      : describeCauses(error);
    return { kind: "retry", reason, wait: null };
  } finally {
    watch.stop();
  }
}

/** The messages of an error and its causes: fetch says only that it failed, the cause says why. */
function describeCauses(error: unknown): string {
  const messages: string[] = [];
  for (let current = error; current instanceof Error; current = current.cause) {
    if (!messages.some((message) => message.includes(current.message))) {
      messages.push(current.message);
    }
  }
  // The address stands beside the reason already, and its query may hold a key.
  return messages.join(": ").replaceAll(/ for url \([^)]*\)/g, "") || String(error);
}

async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Removes a part and what stands beside it. */
export async function removePart(part: string): Promise<void> {
  for (const path of [part, `${part}.json`]) await Deno.remove(path).catch(() => {});
}

interface KeptPart {
  readonly offset: number;
  readonly validator: string | null;
  readonly total: number | null;
}

const NOTHING: KeptPart = { offset: 0, validator: null, total: null };

/** What an earlier attempt left, if it can be continued from this address. */
async function readPart(url: string, part: string, options: FetchPartOptions): Promise<KeptPart> {
  try {
    const offset = (await Deno.stat(part)).size;
    const state: Partial<PartState> = JSON.parse(await Deno.readTextFile(`${part}.json`));
    const validator = typeof state.validator === "string" ? state.validator : null;
    const total = typeof state.total === "number" ? state.total : null;
    if (state.address !== hashAddress(url)) return NOTHING;
    if (validator === null && !options.hasDigest) return NOTHING;
    const limit = options.length ?? total;
    return limit !== null && offset > limit ? NOTHING : { offset, validator, total };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return NOTHING;
    throw error;
  }
}

function hashAddress(url: string): string {
  return createHash("sha256").update(url).digest("hex");
}

interface BodyPlan {
  /** Bytes of the part that stay. */
  readonly offset: number;
  readonly total: number | null;
}

/** Reads status and headers: where the body belongs, or why it is not wanted. */
async function planBody(
  response: Response,
  context: { readonly kept: KeptPart; readonly part: string; readonly length: number | null },
): Promise<BodyPlan | PartOutcome> {
  const { kept, part, length } = context;
  const { status, headers } = response;
  if (status === 416) {
    const { total = null } = parseContentRange(headers.get("content-range")) ?? {};
    if (total === kept.offset && (length ?? total) === total && kept.offset > 0) {
      return { kind: "complete", resumed: true };
    }
    await removePart(part);
    return { kind: "retry", reason: "the kept part does not fit the file", wait: 0 };
  }
  if (TRANSIENT.includes(status)) {
    const wait = retryAfterMilliseconds(headers.get("retry-after"), Date.now());
    return { kind: "retry", reason: `status ${status}`, wait };
  }
  const encoding = headers.get("content-encoding");
  if (encoding !== null && encoding !== "identity") {
    return {
      kind: "refused",
      reason: `the server changes the file (content-encoding ${encoding})`,
    };
  }
  if (status === 206) return await planContinuation(response, context);
  if (status !== 200) return { kind: "refused", reason: `status ${status}` };
  const announced = headers.get("content-length");
  const total = announced === null ? null : Number(announced);
  if (length !== null && total !== null && total !== length) {
    return { kind: "refused", reason: `the file has ${total} bytes there, ${length} are expected` };
  }
  return { offset: 0, total: length ?? total };
}

/** A 206 must continue exactly what is kept. */
async function planContinuation(
  response: Response,
  context: { readonly kept: KeptPart; readonly part: string; readonly length: number | null },
): Promise<BodyPlan | PartOutcome> {
  const { kept, part, length } = context;
  const range = parseContentRange(response.headers.get("content-range"));
  const validator = validatorOf(response);
  const fits = range !== null && kept.offset > 0 && range.start === kept.offset &&
    (kept.validator === null || validator === null || validator === kept.validator) &&
    (length === null || range.total === null || range.total === length);
  if (fits) return { offset: kept.offset, total: length ?? range.total };
  await removePart(part);
  return { kind: "retry", reason: "the server continued with another file or place", wait: 0 };
}

/** The strong ETag or, without one, the date; If-Range takes no weak ETag (RFC 9110, 13.1.5). */
function validatorOf(response: Response): string | null {
  const etag = response.headers.get("etag");
  if (etag !== null && !etag.startsWith("W/")) return etag;
  return response.headers.get("last-modified");
}

async function writeState(
  part: string,
  url: string,
  context: { readonly response: Response; readonly total: number | null },
): Promise<void> {
  const state: PartState = {
    address: hashAddress(url),
    validator: validatorOf(context.response),
    total: context.total,
  };
  await onDisk(part, () => replaceFile(`${part}.json`, `${JSON.stringify(state)}\n`));
}

interface AppendOptions extends BodyPlan {
  readonly maxBytes: number;
  readonly watch: StallWatch;
  readonly onProgress?: ((done: number, total: number | null) => void) | undefined;
}

/** Writes the body behind the first `offset` bytes of the part and brings it to disk. */
async function appendBody(
  response: Response,
  part: string,
  options: AppendOptions,
): Promise<PartOutcome> {
  const { offset, total, maxBytes, watch, onProgress } = options;
  using file = await onDisk(part, () => Deno.open(part, { create: true, write: true }));
  await onDisk(part, () => file.truncate(offset));
  await file.seek(0, Deno.SeekMode.End);
  let done = offset;
  let looked = offset;
  onProgress?.(done, total);
  const limit = total ?? maxBytes;
  try {
    for await (const piece of response.body ?? []) {
      watch.count(piece.length);
      if (done + piece.length > limit) {
        await removePart(part);
        const said = total === null ? "that are taken without a length" : "announced";
        return { kind: "refused", reason: `the file is longer than the ${limit} bytes ${said}` };
      }
      if (total === null && done - looked >= LOOK_EVERY) {
        await findExcess(part, options);
        looked = done;
      }
      await onDisk(part, () => writeAll(file, piece));
      done += piece.length;
      onProgress?.(done, total);
    }
  } catch (error) {
    // A body without an end would fill the disk again and again.
    if (total === null && error instanceof DataError) await removePart(part);
    throw error;
  }
  await onDisk(part, () => file.sync());
  if (total !== null && done < total) {
    return { kind: "retry", reason: `connection ended at byte ${done} of ${total}`, wait: null };
  }
  return { kind: "complete", resumed: offset > 0 };
}

/** Does something to the part; a failure there is the disk's, and no repetition of the request helps. */
async function onDisk<Result>(part: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw new DataError(
      `Cannot write download: ${part} (${error instanceof Error ? error.message : error}); ` +
        `make room or give permission and run the command again; it continues from there`,
      { cause: error },
    );
  }
}

async function writeAll(file: Deno.FsFile, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length;) at += await file.write(piece.subarray(at));
}
