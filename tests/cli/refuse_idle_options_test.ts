import assert from "node:assert/strict";
import { Command, Option } from "@commander-js/extra-typings";
import { join } from "node:path";
import { refuseIdleOptions } from "../../cli/refuse_idle_options.ts";
import { runCommand } from "../helpers/run_command.ts";
import { withFolder } from "../helpers/with_folder.ts";

Deno.test("refuseIdleOptions() looks at what was given, and at the option of a pair that was meant", () => {
  const refuse = (...argv: string[]) => {
    const command = new Command().addOption(new Option("--seeds <list>").default("1"))
      .option("--train").option("--no-train");
    command.parse(argv, { from: "user" });
    refuseIdleOptions(command, ({ long }) => long !== "--no-train", "here");
  };
  refuse();
  refuse("--no-train");
  assert.throws(() => refuse("--seeds", "1"), /^UsageError: Cannot use --seeds here$/);
  assert.throws(() => refuse("--train"), /Cannot use --train here/);
});

Deno.test("an option that would make no difference is refused before any work, by every command", () =>
  withFolder(async (folder) => {
    const document = join(folder, "document.json");
    await Deno.writeTextFile(document, "{}");
    const cases: [string, RegExp][] = [
      ["eval r --part validation --test-images 4", /--test-images with --part validation/],
      ["analyze-depth --images 50", /--images with the test images, of which --test-images/],
      ["analyze-depth --part train --test-images 5", /--test-images with --part train/],
      ["analyze-depth --batch-size 3", /--batch-size without a run/],
      ["analyze-depth --checkpoint last", /--checkpoint without a run/],
      ["compare r --seeds 1,2", /--seeds with run folders/],
      ["compare r --runs x", /--runs with run folders/],
      ["compare r --train", /--train with run folders/],
      ["compare r --set model.maxChannels=8", /--set with run folders/],
      ["compare --table 1 --jobs 2", /--jobs without --executor/],
      ["compare --table 2 --no-train --executor local", /--no-train with --executor/],
      ["compare --table 2 --executor slurm --report y.html", /--report with executor slurm/],
      ["compare --table 2 --executor kubernetes --output y.md", /--output with executor kub/],
      ["compare --table 5 --executor local", /Cannot give Table 5 to an executor/],
      ["sweep run s --seeds 1,2", /--seeds with sweep run: it is for sweep plan/],
      ["sweep run s --epochs 2", /--epochs with sweep run: it is for sweep plan/],
      ["sweep run s --partition gpu", /--partition with executor local: it is for slurm/],
      ["sweep retry s --executor slurm --jobs 2", /--jobs with executor slurm: it is for local/],
      ["sweep plan s --preset vgg --jobs 2", /--jobs without --executor/],
      ["sweep plan s --preset vgg --index 2", /--index with sweep plan: it is for sweep task/],
      ["sweep status s --write", /--write with sweep status: it is for sweep results/],
      ["sweep cancel s --format csv", /--format with sweep cancel/],
      ["param-scaling --table 7 --families vgg", /--families with --table 7/],
      ["param-scaling --figure 4 --channels 64", /--channels with --figure 4/],
      ["report r --no-eval --test-images 4", /--test-images with --no-eval/],
      ["export r m --backend cpu", /--backend with --format model/],
      ["export r m --format web --threads 2", /--threads with --format web/],
      ["report document.json --checkpoint last", /--checkpoint without a run/],
    ];
    for (const [words, message] of cases) {
      const { code, stderr } = await runCommand(words.split(" "), { cwd: folder });
      assert.equal(code, 2, `${words}: ${stderr}`);
      assert.match(stderr, message, words);
    }
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["document.json"]);
  }));
