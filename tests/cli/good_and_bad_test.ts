import assert from "node:assert/strict";
import { refuseFailures, workOnEach } from "../../cli/good_and_bad.ts";
import { BackendError, CheckpointError } from "../../lib/errors.ts";

Deno.test("workOnEach() goes on after what is bad, and says so in the end", async () => {
  const { attempt, failures } = workOnEach(["good", "bad"]);
  const bad = () => Promise.reject(new CheckpointError("it is damaged"));
  assert.equal(await attempt("bad", bad), null);
  assert.equal(await attempt("good", () => Promise.resolve(7)), 7);
  assert.throws(
    () => refuseFailures(failures),
    /^CheckpointError: Left out, while the others are shown:\n {2}bad: it is damaged$/,
  );
  // Of a single thing nothing else is shown.
  await assert.rejects(workOnEach(["bad", "bad"]).attempt("bad", bad), /^CheckpointError: it is/);
});

Deno.test("workOnEach() ends at what every other thing would meet too", async () => {
  const { attempt } = workOnEach(["one", "other"]);
  const failing = () => Promise.reject(new BackendError("no backend"));
  await assert.rejects(attempt("one", failing), /^BackendError: no backend$/);
});
