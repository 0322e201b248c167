import assert from "node:assert/strict";
import { InterruptedError } from "../../cli/exit_codes.ts";
import { DataError, UsageError } from "../../lib/errors.ts";
import { safeJson, safeLine, safeText } from "../../lib/safe_text.ts";

/** Everything that moves a cursor, colours a terminal or turns the direction of reading. */
const ACTING = "\x00\x07\x08\t\r\x1b\x7f\x85\x9b\u061c\u200e\u202a\u202d\u202e\u2066\u2069\u2028";

Deno.test("safeText() and safeLine() let nothing through that acts, and keep what is read", () => {
  const name = "Katzen \u{1f408} \u732b caf\u00e9 \u05d7\u05ea\u05d5\u05dc";
  assert.equal(safeText(`${name}\n${name}`), `${name}\n${name}`);
  assert.equal(safeLine(name), name);
  for (const text of [safeText(ACTING), safeLine(ACTING)]) {
    assert.doesNotMatch(text, /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
  }
  assert.equal(safeLine("a \r\n b\nc\u2028d"), "a b c d");
  assert.equal(safeText("\ud800"), "\ufffd");
});

Deno.test("safeLine() takes a million blanks: by the square of them it would take an hour", () => {
  const blanks = " ".repeat(1e6);
  assert.equal(safeLine(`a${blanks}b`), `a${blanks}b`);
  assert.equal(safeLine(`a${blanks}\n${blanks}b`), "a b");
  assert.equal(new DataError(`Cannot read a${blanks}`).message.length < 10_000, true);
});

Deno.test("safeJson() is the same value to every reader", () => {
  const value = { name: ACTING, list: [1, "a\nb"] };
  const json = safeJson(value);
  assert.doesNotMatch(json.replaceAll("\n", ""), /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
  assert.deepEqual(JSON.parse(json), value);
});

Deno.test("no name makes a second line of an error", () => {
  const name = "cats\nerror: all is lost\x1b[2J\u202e";
  const expected = "cats error: all is lost?[2J?";
  assert.equal(new DataError(`Cannot read ${name}`).message, `Cannot read ${expected}`);
  assert.equal(
    new UsageError([`Cannot find ${name}`, `There is ${name}`]).message,
    `Cannot find ${expected}\nThere is ${expected}`,
  );
  assert.equal(new InterruptedError("SIGINT", name).message, expected);
  const cause = new Error("x");
  assert.equal(new DataError("a", { cause }).cause, cause);
});
