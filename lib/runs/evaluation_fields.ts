import { z } from "zod";
import { figuresSchema } from "../evaluation/figures_schema.ts";

const count = z.int().min(0);

/** Fields of an evaluation that was written as JSON, but for the place of its run. */
export const evaluationFields = {
  checkpoint: z.string(),
  manifestSha256: z.string().max(64).exactOptional(),
  dataset: z.string(),
  part: z.string(),
  fingerprint: z.string().max(64).exactOptional(),
  exact: z.boolean(),
  images: z.object({ train: count, validation: count, test: count, pool: count }),
  complexityUnit: z.string().max(40).exactOptional(),
  figures: figuresSchema,
};
