/** Statuses that mean "elsewhere" to a GET. */
const REDIRECTS = [301, 302, 303, 307, 308];
/** Redirects followed before an address counts as a loop. */
const MAX_REDIRECTS = 5;

/** An address that will not give the file, however often it is asked. */
export class RefusedAddress extends Error {
  override name = "RefusedAddress";
}

/**
 * An address as messages and manifests may show it: without user, password and query, which can hold keys.
 *
 * @param url Address.
 * @returns Scheme, host and path; the text itself where it is not an address.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(publicAddress("https://me:secret@host.test/a.gz?key=1"), "https://host.test/a.gz");
 * ```
 */
export function publicAddress(url: string): string {
  if (!URL.canParse(url)) return url;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/**
 * Sends a GET request and follows redirects itself, so that their number and targets are checked: at most
 * five, only http and https, and never from https back to http.
 *
 * @param url Address.
 * @param options Headers, and the signal that ends the request and its body.
 * @returns The first response that is not a redirect; its body is the caller's to read or cancel.
 * @throws {RefusedAddress} if a redirect leads nowhere good.
 */
export async function requestFollowing(
  url: string,
  options: { readonly headers: Record<string, string>; readonly signal: AbortSignal },
): Promise<Response> {
  let address = checkAddress(url, null);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await fetch(address, { ...options, redirect: "manual" });
    const location = response.headers.get("location");
    if (!REDIRECTS.includes(response.status) || location === null) return response;
    await response.body?.cancel();
    address = checkAddress(location, address);
  }
  throw new RefusedAddress(`more than ${MAX_REDIRECTS} redirects`);
}

function checkAddress(location: string, from: URL | null): URL {
  const base = from?.href;
  if (!URL.canParse(location, base)) throw new RefusedAddress(`no valid address: ${location}`);
  const address = new URL(location, base);
  if (address.protocol !== "https:" && address.protocol !== "http:") {
    throw new RefusedAddress(`leads to a ${address.protocol} address; http and https are taken`);
  }
  if (from?.protocol === "https:" && address.protocol === "http:") {
    throw new RefusedAddress(`redirects from https to http (${publicAddress(address.href)})`);
  }
  return address;
}

/**
 * Reads a Retry-After header: seconds, or a date.
 *
 * @param value The header, `null` without one.
 * @param now Present time in milliseconds since 1970.
 * @returns Milliseconds to wait, >= 0; `null` if nothing usable was said.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(retryAfterMilliseconds("3", 0), 3000);
 * assert.equal(retryAfterMilliseconds("Thu, 01 Jan 1970 00:00:10 GMT", 4000), 6000);
 * ```
 */
export function retryAfterMilliseconds(value: string | null, now: number): number | null {
  if (value === null) return null;
  // More digits than a number holds would be an endless wait.
  if (/^\d{1,12}$/.test(value.trim())) return Number(value) * 1000;
  if (/^\d+$/.test(value.trim())) return null;
  const time = Date.parse(value);
  return Number.isNaN(time) ? null : Math.max(0, time - now);
}

/**
 * Reads a Content-Range header of a response to a request for bytes.
 *
 * @param value The header, `null` without one.
 * @returns First byte (`null` in the form with a star, which answers 416) and total length (`null` where unknown), or `null` if the
 * header is missing or malformed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(parseContentRange("bytes 5-9/10"), { start: 5, total: 10 });
 * ```
 */
export function parseContentRange(
  value: string | null,
): { readonly start: number | null; readonly total: number | null } | null {
  const match = /^bytes (?:(\d{1,15})-\d{1,15}|\*)\/(\d{1,15}|\*)$/.exec(value?.trim() ?? "");
  if (match === null) return null;
  const [, start, total] = match;
  return {
    start: start === undefined ? null : Number(start),
    total: total === "*" ? null : Number(total),
  };
}
