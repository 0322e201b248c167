import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointError } from "../../../lib/errors.ts";
import { pathExists } from "../../../lib/files/path_exists.ts";
import { claimRunDirectory } from "../../../lib/runs/default_run_directory.ts";
import { runModule } from "../../helpers/run_module.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("claimRunDirectory() gives every run a folder of its own, which goes away if it stays empty", () =>
  withFolder(async (folder) => {
    const runs = join(folder, "runs");
    const name = join(runs, "a");
    const claims = await Promise.all([name, name, name].map(claimRunDirectory));
    assert.deepEqual(claims.map(({ path }) => path).sort(), [name, `${name}-2`, `${name}-3`]);
    await Deno.writeTextFile(join(claims[1]!.path, "config.yaml"), "");
    for (const claim of claims) await claim[Symbol.asyncDispose]();
    assert.deepEqual([...Deno.readDirSync(runs)].map((entry) => join(runs, entry.name)), [
      claims[1]!.path,
    ]);

    // Refused trainings remove the folder above while another is begun.
    const busy = join(folder, "busy");
    await Promise.all(Array.from({ length: 6 }, async () => {
      for (let turn = 0; turn < 100; turn++) {
        const claim = await claimRunDirectory(join(busy, "a"));
        await claim[Symbol.asyncDispose]();
      }
    }));

    const other = await claimRunDirectory(join(folder, "other", "a"));
    await other[Symbol.asyncDispose]();
    assert.equal(await pathExists(join(folder, "other")), false);
    await Deno.writeTextFile(join(folder, "file"), "");
    await assert.rejects(
      claimRunDirectory(join(folder, "file", "a")),
      (error) => error instanceof CheckpointError && /file.a: .*; name another/.test(error.message),
    );
  }));

Deno.test("trainings of one second without a name do not meet, and refused ones leave nothing", () =>
  withFolder(async (folder) => {
    const source = `
      import { runCommandLine } from "./cli/command_tree.ts";
      import { train } from "./lib/api/train.ts";
      const Clock = Date;
      globalThis.Date = class extends Clock {
        constructor(...parts) {
          super(...(parts.length === 0 ? ["2026-01-02T03:04:05Z"] : parts));
        }
      };
      const tiny = ["--dataset", "synthetic", "--images", "40", "--test-images", "10", "--channels", "8",
        "--depth", "4", "--epochs", "1", "--batch-size", "16", "--statistics-images", "5"];
      const refused = ["train", "--quiet", "--dataset", "folder", "--data", "none", "--backend", "cpu"];
      const left = () => [...Deno.readDirSync(".")].length;
      await runCommandLine(refused).catch(() => {});
      await train({ data: "none", backend: "cpu" }).catch(() => {});
      await runCommandLine(["train", "--quiet", ...tiny, "--backend", "cpu", "--dry-run", "--json"]);
      const after = left();
      for (const name of ["first", "second"]) {
        await runCommandLine(["train", "--quiet", ...tiny, "--backend", "cpu"]);
      }
      await train({
        data: { dataset: "synthetic", images: 40, testImages: 10 },
        model: { maxChannels: 8, minSteps: 4, maxSteps: 4 },
        training: { epochs: 1, batchSize: 16, statisticsImages: 5 },
        backend: "cpu",
      });
      const runs = [...Deno.readDirSync("runs")].map(({ name }) => name).sort();
      console.log(JSON.stringify({ after, runs }));
    `;
    const said = await runModule(source, folder, ["--allow-all"]);
    const { after, runs } = JSON.parse(said.trimEnd().split("\n").at(-1)!);
    assert.equal(after, 0);
    const name = "synthetic-puppet-cnn-20260102T030405Z";
    assert.deepEqual(runs, [name, `${name}-2`, `${name}-3`]);
  }));
