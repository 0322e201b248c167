import assert from "node:assert/strict";
import { readConfigWord } from "../../../lib/configuration/config_words.ts";

Deno.test("readConfigWord() reads a word as what its key accepts", () => {
  assert.equal(readConfigWord("data.directory", "12"), "12");
  assert.equal(readConfigWord("training.batchSize", "12"), 12);
  assert.equal(readConfigWord("training.flip", "true"), true);
  assert.equal(readConfigWord("data.images", "null"), null);
  assert.equal(readConfigWord("training.levelSharing", "all"), "all");
  assert.equal(readConfigWord("training.levelSharing", "0"), 0);
  // Kept wrong, so that parseConfig() can say what is wrong.
  assert.equal(readConfigWord("training.batchSize", "-3"), -3);
  assert.equal(readConfigWord("training.batchSize", "many"), "many");
});
