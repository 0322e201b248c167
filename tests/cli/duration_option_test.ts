import assert from "node:assert/strict";
import { readDuration, readSaveSchedule } from "../../cli/duration_option.ts";

Deno.test("readDuration() reads numbers with units, alone and together", () => {
  const times = { "90s": 90, "10m": 600, "10min": 600, "1.5h": 5400, "1h30m": 5400, "2d": 172_800 };
  for (const [text, seconds] of Object.entries(times)) assert.equal(readDuration(text), seconds);
});

Deno.test("readDuration() refuses what is no time", () => {
  for (const text of ["", "10", "0s", "-1h", "2 h", "h", "1h30", "1.2.3s", "2w", "9e9h"]) {
    assert.throws(() => readDuration(text), /a time with a unit/, text);
  }
});

Deno.test("readSaveSchedule() takes epochs or a time", () => {
  assert.deepEqual(readSaveSchedule("5"), { epochs: 5 });
  assert.deepEqual(readSaveSchedule("10m"), { seconds: 600 });
  assert.throws(() => readSaveSchedule("0"), /number of epochs in 1/);
  assert.throws(() => readSaveSchedule("often"), /for example 5, or a time/);
});
