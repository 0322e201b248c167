/**
 * `deno task tables`: Tables 1 to 6 one after the other, with the arguments passed on to `compare`. With `--smoke` and
 * without `--runs` the runs go to a temporary folder, since checkpoints of the large baselines take gigabytes.
 */
import { runCommandLine } from "../cli/command_tree.ts";
import { reportError } from "../cli/report_error.ts";

const TABLES = [1, 2, 3, 4, 5, 6];

/** A folder that goes away with the smoke runs in it; `null` where the runs are to be kept. */
async function temporaryFolder(argv: readonly string[]): Promise<string | null> {
  const isNamed = argv.some((word) => word === "--runs" || word.startsWith("--runs="));
  return argv.includes("--smoke") && !isNamed ? await Deno.makeTempDir() : null;
}

async function compareTables(argv: readonly string[]): Promise<void> {
  const folder = await temporaryFolder(argv);
  const started = performance.now();
  try {
    for (const table of TABLES) {
      const place = folder === null ? [] : ["--runs", folder];
      await runCommandLine(["compare", "--table", String(table), ...place, ...argv]);
      console.log();
    }
  } finally {
    if (folder !== null) await Deno.remove(folder, { recursive: true });
  }
  const minutes = (performance.now() - started) / 60_000;
  console.error(
    `Tables ${TABLES.join(", ")}: ${minutes.toFixed(1)} minutes` +
      (folder === null ? "" : "; the smoke runs were removed"),
  );
}

try {
  await compareTables(Deno.args);
} catch (error) {
  Deno.exit(reportError(error, { debug: Deno.args.includes("--debug") }));
}
