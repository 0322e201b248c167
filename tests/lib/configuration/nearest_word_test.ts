import assert from "node:assert/strict";
import { nearestWord } from "../../../lib/configuration/nearest_word.ts";

const KNOWN = ["epochs", "batchSize", "maxChannels", "maxSteps", "seed"];

Deno.test("nearestWord() forgives a missing, a wrong, an extra and a swapped letter", () => {
  for (const word of ["maxChanels", "maxChannals", "maxxChannels", "maxChnanels"]) {
    assert.equal(nearestWord(word, KNOWN), "maxChannels");
  }
});

Deno.test("nearestWord() takes no notice of case and separators", () => {
  assert.equal(nearestWord("batch_size", KNOWN), "batchSize");
  assert.equal(nearestWord("MAX-CHANNELS", KNOWN), "maxChannels");
});

Deno.test("nearestWord() does not guess wildly", () => {
  assert.equal(nearestWord("banana", KNOWN), undefined);
  assert.equal(nearestWord("", KNOWN), undefined);
  assert.equal(nearestWord("x".repeat(100_000), KNOWN), undefined);
});
