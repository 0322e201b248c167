import { z } from "zod";
import type { Provenance } from "./run_types.ts";

/** Form of the file in a run folder that says where the run came from: one entry per command. */
export const provenanceSchema: z.ZodType<Provenance[]> = z.array(z.object({
  argv: z.array(z.string()),
  versions: z.record(z.string(), z.string()),
  machine: z.string(),
  host: z.string().optional(),
  commit: z.string().optional(),
  startedAt: z.string(),
  weights: z.string().optional(),
  diverged: z.object({
    reason: z.enum(["not-finite", "loss-exploded", "network-not-finite"]),
    ...{ step: z.number(), learningRate: z.number() },
  }).optional(),
}));
