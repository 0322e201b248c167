import type { StoppingRule, TrainingProgress } from "./training_progress.ts";

/** Less than one image more of any validation part, and more than what is lost in 0.8 - 0.7. */
const ROUNDING = 1e-10;

/**
 * Counts a validation, before it is compared with the best one.
 *
 * @param progress Where the training stands; changed.
 * @param top1 Validation Top-1, 0..1.
 * @param rule What early stopping goes by.
 */
export function countValidation(
  progress: TrainingProgress,
  top1: number,
  rule: StoppingRule,
): void {
  const { epochs, patience, minDelta } = rule;
  const before = progress.stopping?.top1 ?? progress.best?.validationTop1 ?? -Infinity;
  const isGain = top1 - before > minDelta + ROUNDING;
  progress.validationsWithoutGain = isGain ? 0 : progress.validationsWithoutGain + 1;
  const isOver = patience > 0 && progress.validationsWithoutGain >= patience;
  progress.stopping = {
    top1: isGain ? top1 : before,
    ...isOver ? { rule: { epochs, patience, minDelta } } : {},
  };
}

/**
 * Whether validations have brought no gain for too long.
 *
 * @param progress Where the training stands.
 * @param rule What early stopping goes by.
 * @returns The answer; after the last epoch it is no.
 */
export function isOutOfPatience(progress: TrainingProgress, rule: StoppingRule): boolean {
  return rule.patience > 0 && progress.validationsWithoutGain >= rule.patience &&
    progress.epoch < rule.epochs;
}

/**
 * Whether a training that goes on has come to its end before.
 *
 * @param progress Where the training stands.
 * @param rule What early stopping goes by now.
 * @returns How it ended, and what to do to go on; `null` if something is left to do.
 */
export function endBefore(
  progress: TrainingProgress,
  rule: StoppingRule,
): { readonly reason: "finished" | "early-stop"; readonly text: string } | null {
  if (hasStoppedEarly(progress, rule)) {
    const text =
      "stopped early before; raise patience (--patience) or epochs (--epochs) to continue";
    return { reason: "early-stop", text };
  }
  if (progress.epoch < rule.epochs) return null;
  const text = "all epochs were done before; raise epochs (--epochs) to train longer";
  return { reason: "finished", text };
}

/**
 * Whether a training has stopped early for good: by the same rule as now. A checkpoint that does not say by which rule
 * comes from an older version, and goes on.
 *
 * @param progress Where the training stands.
 * @param rule What early stopping goes by now.
 * @returns The answer.
 */
export function hasStoppedEarly(progress: TrainingProgress, rule: StoppingRule): boolean {
  const by = progress.stopping?.rule;
  return isOutOfPatience(progress, rule) && by !== undefined && by.epochs === rule.epochs &&
    by.patience === rule.patience && by.minDelta === rule.minDelta;
}
