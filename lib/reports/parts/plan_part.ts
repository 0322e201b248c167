import type { ExperimentConfig } from "../../configuration/experiment_config.ts";
import { describeFit } from "../../runs/fit_depths.ts";
import type { TrainingPlan } from "../../runs/plan_training.ts";
import { countCell, fact, parametersCell, textCell } from "../cells.ts";
import type { Fact, ReportPart } from "../report_document.ts";
import { inspectionBlocks } from "./inspection_part.ts";
import { countOf } from "../../count_of.ts";

/** What a dry run found out. */
export interface DryRun {
  /** Folder that the run would have. */
  readonly runDirectory: string;
  /** Backend that the training would use. */
  readonly backend: string;
  /** Epochs that are done before in a run that goes on; `null` of a new one. */
  readonly epochsDone: number | null;
  /** What would be done. */
  readonly plan: TrainingPlan;
  /** With which configuration. */
  readonly config: ExperimentConfig;
}

function planFacts({ runDirectory, backend, plan, epochsDone, config }: DryRun): Fact[] {
  const { min, max } = plan.depth;
  return [
    fact("would write to", textCell(runDirectory)),
    fact("backend", textCell(backend)),
    fact("training images", countCell(plan.trainImages)),
    fact("validation images", countCell(plan.validationImages)),
    fact("test images", countCell(plan.testImages)),
    fact("classes", countCell(plan.classes)),
    fact("steps", countCell(plan.totalSteps), `${countCell(plan.stepsPerEpoch).text} an epoch`),
    ...epochsDone === null ? [] : [
      fact("done before", textCell(`${epochsDone} of ${countOf(config.training.epochs, "epoch")}`)),
    ],
    ...plan.weights === null ? [] : [
      fact("begins with", textCell(plan.weights.replace("weights: ", ""))),
    ],
    ...plan.fit === null ? [] : [fact("fitted", textCell(describeFit(plan.fit)))],
    fact("levels", countCell(plan.levels), `depth ${min === max ? min : `${min}..${max}`}`),
    fact("parameters of the puppeteer", parametersCell(plan.parameters.puppeteer)),
    fact("parameters stored", parametersCell(plan.parameters.total)),
  ];
}

/**
 * What a training would do.
 *
 * @param dryRun What the dry run found out.
 * @returns The plan and the images.
 */
export function planPart(dryRun: DryRun): ReportPart {
  return {
    title: "Dry run",
    subtitle: "Nothing was written. All settings: --print-config.",
    sections: [
      { title: "Plan", blocks: [{ kind: "facts", facts: planFacts(dryRun) }] },
      { title: "Images", blocks: inspectionBlocks(dryRun.plan.inspection) },
    ],
  };
}
