import assert from "node:assert/strict";
import { DataError } from "../../lib/errors.ts";
import { shortenMessage } from "../../lib/shorten_message.ts";

Deno.test("an error of two megabytes keeps what is wrong and what to do", () => {
  const names = [
    "x".repeat(2e6),
    "two words ".repeat(2e5),
    "\u{1F600}".repeat(1e6),
    "a\n".repeat(1e6),
  ];
  for (const name of names) {
    const { message } = new DataError(`Cannot use class ${name}: it is too long; rename it`);
    assert.ok(message.length < 10_000, `${message.length}`);
    assert.match(message, /^Cannot use class /);
    assert.match(message, /characters\)/);
    assert.match(message, /: it is too long; rename it$/);
    assert.ok(message.isWellFormed());
  }
});

Deno.test("shortenMessage() leaves paths and lists of problems alone", () => {
  const path = `/${"folder/".repeat(50)}file`;
  assert.equal(shortenMessage(`Cannot read ${path}`), `Cannot read ${path}`);
  const problems = Array.from({ length: 60 }, (_, at) => `\n  key${at} must be a number`).join("");
  assert.equal(shortenMessage(problems), problems);
});
