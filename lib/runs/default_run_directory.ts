import { join } from "node:path";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";

/**
 * Names the folder of a run that was given none: `runs/cifar10-puppet-cnn-20261123T204500Z` sorts by time, and no two
 * runs are named alike.
 *
 * @param config What is trained.
 * @param startedAt When.
 * @returns The path.
 */
export function defaultRunDirectory(config: ExperimentConfig, startedAt: Date): string {
  const time = startedAt.toISOString().replace(/\.\d+/, "").replace(/[-:]/g, "");
  return join("runs", `${config.data.dataset}-${config.model.name}-${time}`);
}
