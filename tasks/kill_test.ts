/**
 * Kills a tiny training at random moments and resumes it, again and again:
 * `deno task kill-test [--kills 200] [--seed 1] [--epochs 60]`. Prints every kill and, at the end, the figures;
 * exits with 1 at the first promise that does not hold. A share of it is a test.
 */
import { parseArgs } from "node:util";
import { killTraining } from "./kill_test/kill_training.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    epochs: { type: "string", default: "60" },
  },
});
const folder = await Deno.makeTempDir();
try {
  const report = await killTraining({
    kills: Number(values.kills),
    seed: Number(values.seed),
    epochs: Number(values.epochs),
    folder,
    note: (text) => console.log(text),
  });
  console.log(
    `${report.kills} kills: ${report.beforeFirst} before the first checkpoint, ${report.withinWrite} within a ` +
      `write, ${report.passedOver} between a folder and its pointer; every time the newest checkpoint loaded`,
  );
  console.log(
    `${report.runs} runs came to their end and equal the uninterrupted one (${report.compared} comparisons)`,
  );
} finally {
  await Deno.remove(folder, { recursive: true });
}
