import assert from "node:assert/strict";
import { defaultConfig } from "../../../../lib/configuration/experiment_config.ts";
import { originSection } from "../../../../lib/reports/parts/condition_sections.ts";
import { TEST_PROVENANCE } from "../../../helpers/tiny_run.ts";
import type { ReportBlock } from "../../../../lib/reports/report_document.ts";
import type { RunReport } from "../../../../lib/reports/run_report.ts";
import type { Provenance } from "../../../../lib/runs/run_types.ts";

function blocksOf(first: Partial<Provenance>, program?: string): readonly ReportBlock[] {
  const report: Partial<RunReport> = {
    runDirectory: "runs/w",
    config: defaultConfig(),
    checkpoint: null,
    provenance: [
      { ...TEST_PROVENANCE, ...first },
      { ...TEST_PROVENANCE, argv: ["train", "--resume", "runs/w"], machine: "the last" },
    ],
  };
  return originSection(report as RunReport, program).blocks;
}

/** The command lines of a run, by what a page calls them. */
function commandsOf(first: Partial<Provenance>, program?: string): Record<string, string> {
  return Object.fromEntries(
    blocksOf(first, program)
      .flatMap((block) => block.kind === "code" ? [[block.caption, block.text]] : []),
  );
}

const AGAIN = "Made again, from the configuration below";
const SCRATCH = "deno task puppet train --config runs/w/config.yaml --run NEW_FOLDER";

Deno.test("a run that began with the weights of another is made again with them", () => {
  const weights = "/toolkit/models/puppet-cnn-cifar10/checkpoints/step-00000100";
  const again = (argv: string[]) => commandsOf({ argv, weights })[AGAIN];
  assert.equal(
    again(["train", "--weights", "puppet-cnn-cifar10", "--seed", "2"]),
    `${SCRATCH} --weights puppet-cnn-cifar10`,
  );
  assert.equal(again(["train", "--weights=my run"]), `${SCRATCH} '--weights=my run'`);
  assert.equal(again(["mine"]), `${SCRATCH} --weights /toolkit/models/puppet-cnn-cifar10`);
  for (const here of [["--weights", "."], ["--weights=../"]]) {
    assert.equal(
      again(["train", ...here]),
      `${SCRATCH} --weights /toolkit/models/puppet-cnn-cifar10`,
    );
  }
  assert.equal(commandsOf({})[AGAIN], SCRATCH);
});

Deno.test("a run that the installed program made is made again with it", () => {
  const commands = commandsOf({}, "puppet-cnn");
  assert.equal(commands[AGAIN], "puppet-cnn train --config runs/w/config.yaml --run NEW_FOLDER");
  assert.equal(commands["Made by"], "puppet-cnn train\npuppet-cnn train --resume runs/w");
});

Deno.test("a run says when it was begun, and on what it was continued", () => {
  const startedAt = "2026-01-01T00:00:00.000Z";
  const facts = blocksOf({ startedAt })
    .flatMap((block) => block.kind === "facts" ? block.facts : [])
    .map(({ name, cell }) => [name, cell.text]);
  assert.deepEqual(facts.slice(0, 3), [
    ["machine", "the last"],
    ["begun", startedAt],
    ["continued", TEST_PROVENANCE.startedAt],
  ]);
});
