import type { ExperimentConfig } from "../lib/configuration/experiment_config.ts";
import { describeFit } from "../lib/runs/fit_depths.ts";
import type { TrainingPlan } from "../lib/runs/plan_training.ts";
import { formatInspection } from "./inspection_text.ts";
import { formatCount, formatParameters } from "./number_text.ts";
import { renderFacts } from "./text_table.ts";

/** What a dry run found out. */
export interface DryRun {
  readonly runDirectory: string;
  /** Backend that the training would use. */
  readonly backend: string;
  readonly plan: TrainingPlan;
  readonly config: ExperimentConfig;
}

/**
 * Writes the result of a dry run for people: the configuration, then what would be done with it.
 *
 * @param dryRun What was found out.
 * @returns Lines without a trailing line end.
 */
export function formatDryRun(dryRun: DryRun): string {
  const { plan } = dryRun;
  const depth = plan.depth.min === plan.depth.max
    ? `${plan.depth.min}`
    : `${plan.depth.min}..${plan.depth.max}`;
  const facts = renderFacts([
    ["would write to", dryRun.runDirectory],
    ["backend", dryRun.backend],
    [
      "images",
      `${formatCount(plan.trainImages)} training, ${
        formatCount(plan.validationImages)
      } validation, ` +
      `${formatCount(plan.testImages)} test, ${formatCount(plan.classes)} classes`,
    ],
    ["steps", `${formatCount(plan.totalSteps)} (${formatCount(plan.stepsPerEpoch)} an epoch)`],
    ["levels", `${formatCount(plan.levels)}, depth ${depth}`],
    ["puppeteer", `${formatParameters(plan.parameters.puppeteer)} parameters`],
    ["stored", `${formatParameters(plan.parameters.total)} parameters in all`],
  ]);
  const fit = plan.fit === null ? "" : `\n${describeFit(plan.fit)}`;
  return `${facts}\n\n${
    formatInspection(plan.inspection)
  }${fit}\n\nDry run: nothing was written. All settings: --print-config`;
}
