import { checkpointTargets } from "./checkpoint_targets.ts";
import { dataTargets } from "./data_targets.ts";
import type { FuzzTarget } from "./fuzz_target.ts";
import { reportTargets } from "./report_targets.ts";
import { strangerTarget } from "./stranger_target.ts";
import { wordTargets } from "./word_targets.ts";

/** Every reader of input that someone else may have written. */
export const fuzzTargets: readonly FuzzTarget[] = [
  ...checkpointTargets,
  strangerTarget,
  ...dataTargets,
  ...wordTargets,
  ...reportTargets,
];
