import assert from "node:assert/strict";
import { parseContentRange, retryAfterMilliseconds } from "../../../lib/datasets/http_request.ts";

Deno.test("retryAfterMilliseconds() takes no number that would be an endless wait", () => {
  assert.equal(retryAfterMilliseconds("1".repeat(400), 0), null);
  assert.equal(retryAfterMilliseconds("120", 0), 120_000);
});

Deno.test("parseContentRange() takes no length that is no exact number", () => {
  assert.equal(parseContentRange(`bytes 0-9/${"9".repeat(400)}`), null);
  assert.deepEqual(parseContentRange("bytes */10"), { start: null, total: 10 });
});
