import { generatesKernels, levelOptionsOf } from "../models/model_layers.ts";
import { modelEntry } from "../models/model_registry.ts";
import { solvers } from "../puppeteer/solvers/solver_registry.ts";
import type { ExperimentConfig } from "./experiment_config.ts";

/** Memory for states above which WASM, which has 2 GB for everything, recomputes them; in bytes. */
const WASM_LIMIT = 0.5e9;

/** States that the gradient of one step of Euler's method keeps, measured at ten steps. */
const STATES_PER_STEP = 24;

/** What each further stage of a solver adds to that, as a share: measured 1.5 times for two stages, 2.6 for four. */
const SHARE_OF_STAGE = 0.55;

/**
 * Memory that the states of a trajectory take in a training step without recomputation.
 *
 * @param model The model.
 * @returns Bytes for one trajectory; 0 if no kernels are generated.
 */
export function trajectoryBytes(model: ExperimentConfig["model"]): number {
  if (!generatesKernels(modelEntry(model.name))) return 0;
  const { depthAdaptation, maxSteps, fixedDepth } = levelOptionsOf(model);
  const steps = model.trajectorySteps ?? (depthAdaptation ? maxSteps : fixedDepth);
  const stateBytes = 4 * model.kernelSize ** 2 * model.maxChannels ** 2;
  const stages = solvers[model.solver].stages.length;
  return steps * STATES_PER_STEP * (1 + SHARE_OF_STAGE * (stages - 1)) * stateBytes;
}

/**
 * Memory that the states of a training step take without recomputation.
 *
 * @param config The experiment.
 * @returns Bytes: those of one trajectory, in exact mode of one for each image of a batch.
 */
export function stepBytes(
  { model, training }: Pick<ExperimentConfig, "model" | "training">,
): number {
  return (model.exact ? training.batchSize : 1) * trajectoryBytes(model);
}

/**
 * Decides whether the dynamics' intermediate values are computed again in the backward pass.
 *
 * @param config The experiment.
 * @param backend Name of the backend in use.
 * @returns What the configuration says; for `auto`, whether they would not fit into WASM's memory.
 */
export function resolveRecompute(
  config: Pick<ExperimentConfig, "model" | "training">,
  backend: string,
): boolean {
  const { recompute } = config.training;
  if (recompute !== "auto") return recompute;
  return backend === "wasm" && stepBytes(config) > WASM_LIMIT;
}
