import { z } from "zod";
import type { EvaluationReport } from "./evaluation_report.ts";

const share = z.number().min(0).max(1);
const count = z.int().min(0);

/**
 * Whether the confusion matrix has a row and a column for every class: what is drawn of it grows with the square of its
 * rows, whatever they hold.
 *
 * @param figures Figures of an evaluation.
 * @returns Whether it is square, with the side that the classes say.
 */
export function hasSquareConfusion(
  { confusion, classes }: Pick<EvaluationReport, "confusion" | "classes">,
): boolean {
  const side = classes.length;
  return confusion.length === side && confusion.every((row) => row.length === side);
}

/** What is wrong where {@linkcode hasSquareConfusion} is false. */
export const SQUARE_CONFUSION = "it must have a row and a column for every class";

/** Form of the figures of an evaluation, for those who read them from a file. */
export const figuresSchema: z.ZodType<EvaluationReport> = z.object({
  images: count,
  loss: z.number(),
  top1: share,
  top5: share,
  confusion: z.array(z.array(count)),
  classes: z.array(z.object({
    className: z.string(),
    support: count,
    precision: share.nullable(),
    recall: share.nullable(),
    f1: share.nullable(),
  })),
  levels: z.array(z.object({
    level: count,
    complexity: z.number(),
    depth: count,
    images: count,
    top1: share.nullable(),
  })),
  meanDepth: z.number(),
  meanComplexity: z.number(),
  meanMultiplyAdds: z.number(),
  routes: z.array(z.object({ route: z.number(), share })),
  secondsPerImage: z.number(),
  bankSeconds: z.number(),
}).refine(hasSquareConfusion, { path: ["confusion"], message: SQUARE_CONFUSION });
