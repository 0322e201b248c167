import { z } from "zod";
import type { EvaluationReport } from "./evaluation_report.ts";

const share = z.number().min(0).max(1);
const count = z.int().min(0);

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
});
