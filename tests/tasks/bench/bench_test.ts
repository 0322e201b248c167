import assert from "node:assert/strict";
import { formatRow, meetsTarget } from "../../../tasks/bench/bench_row.ts";
import { LineProcess } from "../../../tasks/bench/line_process.ts";
import { pairedTimes } from "../../../tasks/bench/paired_times.ts";
import { quartilesOf } from "../../../tasks/bench/quartiles.ts";
import { TextLineStream } from "../../../tasks/bench/text_lines.ts";
import type { BenchRow } from "../../../tasks/bench/bench_row.ts";

const ROW: BenchRow = {
  ...{ target: "b", name: "ours / other", ratio: 0.5, quartiles: [0.4, 0.6], limit: 1 },
  ...{ ours: 1, other: 2, unit: "s", rounds: 3 },
};

Deno.test("quartilesOf() interpolates, whatever the order", () => {
  assert.deepEqual(quartilesOf([4, 1, 3, 2]), [1.75, 2.5, 3.25]);
  assert.deepEqual(quartilesOf([7]), [7, 7, 7]);
});

Deno.test("pairedTimes() takes the ratio of every turn, changes the order and drops the first turn", async () => {
  const order: string[] = [];
  const ours = [9, 2, 4, 6];
  const other = [1, 2, 2, 2];
  const runner = (name: string, times: number[]) => () => {
    order.push(name);
    return Promise.resolve(times.shift()!);
  };
  const row = await pairedTimes(runner("ours", ours), runner("other", other), {
    ...{ target: "b", name: "ours / other", limit: 1, rounds: 3 },
  });
  assert.equal(row.ratio, 2);
  assert.deepEqual(row.quartiles, [1.5, 2.5]);
  assert.deepEqual([row.ours, row.other], [4, 2]);
  assert.deepEqual(order, ["other", "ours", "ours", "other", "other", "ours", "ours", "other"]);
});

Deno.test("formatRow() says whether the target is met", () => {
  assert.equal(meetsTarget(ROW), true);
  assert.match(formatRow(ROW), /0\.500 .*0\.400 \.\. 0\.600.*<= 1 met/);
  assert.match(formatRow({ ...ROW, ratio: 1.2 }), /<= 1 NOT MET/);
  assert.equal(meetsTarget({ ...ROW, limit: null }), null);
});

Deno.test("TextLineStream() joins what arrives in pieces, also within a character", async () => {
  const bytes = new TextEncoder().encode("one\ntw\u00f6\nthree");
  const pieces = [bytes.subarray(0, 7), bytes.subarray(7, 8), bytes.subarray(8)];
  const lines = await Array.fromAsync(ReadableStream.from(pieces).pipeThrough(TextLineStream()));
  assert.deepEqual(lines, ["one", "tw\u00f6", "three"]);
});

Deno.test("LineProcess answers line by line and ends with its input", async () => {
  const program = "for await (const chunk of Deno.stdin.readable) {" +
    "console.log(JSON.stringify({ length: chunk.length })); }";
  const child = new LineProcess(Deno.execPath(), ["eval", program]);
  assert.deepEqual(await child.ask("four"), { length: 5 });
  await child.stop();
});

Deno.test("deno task bench writes rows and conditions (quick, WASM, no Python)", async () => {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  const program = new URL("../../../tasks/bench.ts", import.meta.url).pathname;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", program, "--quick", "--rounds", "1"]
      .concat(["--channels", "16", "--only", "a,e,i", "--backend", "wasm", "--json", file]),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const result = JSON.parse(await Deno.readTextFile(file));
  assert.equal(result.kind, "bench");
  assert.equal(result.conditions.channels, 16);
  const targets = new Set(result.rows.map(({ target }: BenchRow) => target));
  assert.deepEqual([...targets].sort(), ["a", "e", "i"]);
  for (const { ratio, ours, other } of result.rows as BenchRow[]) {
    assert.ok(ratio > 0 && ours > 0 && other > 0);
  }
  await Deno.remove(file);
});
