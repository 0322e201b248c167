import { secondsOf } from "./paired_times.ts";
import { quartilesOf } from "./quartiles.ts";
import type { BenchRow } from "./bench_row.ts";

async function run(args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdout: "null",
    stderr: "null",
  }).output();
  if (!success) throw new Error(`Cannot time "deno ${args.join(" ")}": it failed`);
}

/** Target f: milliseconds that `--help` takes longer than an empty program. */
export async function compareStartUp(
  rounds: number,
  add: (row: BenchRow) => void,
): Promise<void> {
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const extra: number[] = [];
  const help: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const empty = await secondsOf(() => run(["eval", ""]));
    const own = await secondsOf(() =>
      run(["run", "--no-check", "--allow-read", "--allow-env", main, "--help"])
    );
    if (round < 0) continue;
    extra.push((own - empty) * 1000);
    help.push(own * 1000);
  }
  const [low, median, high] = quartilesOf(extra);
  add({
    target: "f",
    name: "--help, milliseconds more than `deno eval ''` / 150 ms",
    ratio: median / 150,
    quartiles: [low / 150, high / 150],
    limit: 1,
    ours: median,
    other: 150,
    unit: "ms",
    rounds,
  });
}
