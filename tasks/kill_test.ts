/**
 * Kills a tiny training at random moments and resumes it, again and again. Prints every kill and, at the end, the figures;
 * exits with 1 at the first promise that does not hold. A share of it is a test.
 */
import { withTemporaryFolder } from "../lib/files/with_temporary_folder.ts";
import { killTraining } from "./kill_test/kill_training.ts";
import { readTaskArguments, readWhole, refusePositionals, runTask } from "./task_options.ts";

const HELP = `Kills a tiny training at random moments and resumes it, again and again.

Usage: deno task kill-test [options]

  --kills COUNT    how often (default: 200)
  --seed NUMBER    of the moments (default: 1)
  --epochs COUNT   length of a training (default: 60)
  --debug          show stack traces of errors
  -h, --help       show this help

Exits with 1 at the first promise that does not hold.`;

function readOptions(): { readonly kills: number; readonly seed: number; readonly epochs: number } {
  const { values, positionals } = readTaskArguments(HELP, {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    epochs: { type: "string", default: "60" },
  });
  refusePositionals(positionals);
  return {
    kills: readWhole("kills", values.kills),
    seed: readWhole("seed", values.seed, 0),
    epochs: readWhole("epochs", values.epochs),
  };
}

async function testKills(): Promise<void> {
  const options = readOptions();
  await withTemporaryFolder((folder) => killInFolder(folder, options));
}

async function killInFolder(
  folder: string,
  options: ReturnType<typeof readOptions>,
): Promise<void> {
  const report = await killTraining({
    ...options,
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
}

await runTask(testKills);
