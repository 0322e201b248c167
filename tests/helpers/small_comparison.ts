import { selectBackend } from "../../lib/backends/select_backend.ts";
import type { MachineConditions } from "../../lib/runs/machine_conditions.ts";
import type { RunComparisonOptions } from "../../lib/paper/run_comparison.ts";
import { TEST_PROVENANCE } from "./tiny_run.ts";

/** Conditions for tests. */
export const TEST_CONDITIONS: MachineConditions = {
  backend: "WebAssembly",
  device: "cpu",
  machine: "test",
  versions: { "puppet-cnn": "test" },
};

/** One row of Table 5 in its smoke variant, made smaller still: a second a run. */
export async function smallComparison(
  runsDirectory: string,
  changes: Partial<RunComparisonOptions> = {},
): Promise<RunComparisonOptions> {
  await selectBackend("wasm");
  const { overrides = [], ...others } = changes;
  return {
    table: 5,
    seeds: [1],
    smoke: true,
    runsDirectory,
    only: ["puppet-cnn"],
    overrides: [
      { path: "data.directory", value: "no-such-folder" },
      // Drawn on demand: the set of ten classes takes two seconds.
      { path: "data.classes", value: 11 },
      { path: "model.maxChannels", value: 8 },
      { path: "model.minSteps", value: 8 },
      { path: "model.maxSteps", value: 9 },
      ...overrides,
    ],
    train: true,
    measureSpeed: false,
    provenance: TEST_PROVENANCE,
    conditions: TEST_CONDITIONS,
    ...others,
  };
}
