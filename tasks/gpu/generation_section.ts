import * as tf from "@tensorflow/tfjs-core";
import { Dynamics } from "../../lib/puppeteer/dynamics.ts";
import { ParameterSet } from "../../lib/tensors/parameter_set.ts";
import { valueAndGradients } from "../../lib/tensors/value_and_gradients.ts";
import { DEPTH, fixedDepthPuppet } from "../bench/bench_models.ts";
import { timeWork, waitFor } from "./time_work.ts";
import { prepareTorch, startTorch } from "./torch_on_device.ts";
import type { LevelClassifier } from "../../lib/puppet/level_classifier.ts";
import type { SectionContext, SectionFindings } from "./section.ts";
import type { TimedWork } from "./time_work.ts";

/** Evaluations of f_theta within one time: a single one would measure the way to the device and back. */
const REPEATS = 10;

/** f_theta alone, forward and with its gradient. */
function dynamicsWork(channels: number) {
  const parameters = new ParameterSet();
  const dynamics = new Dynamics(parameters, { channels, seed: 1 });
  const state: tf.Tensor4D = tf.randomNormal([1, channels, 9, channels], 0, 1, "float32", 1);
  const repeat = async (once: () => tf.Tensor[]) => {
    for (let time = 1; time < REPEATS; time++) tf.dispose(once());
    const last = once();
    await waitFor(last[0]!);
    tf.dispose(last);
  };
  return {
    forward: () => repeat(() => [tf.tidy(() => dynamics.apply(state))]),
    gradient: () =>
      repeat(() => {
        const sources = [state, ...dynamics.weights];
        const found = valueAndGradients(() => tf.sum(dynamics.apply(state)), sources);
        return [...found.gradients.map((tensor) => tensor!), found.value];
      }),
    dispose: () => {
      state.dispose();
      parameters.dispose();
    },
  };
}

/** Times f_theta and the generation of all kernels of one level. */
export async function timeGeneration(context: SectionContext): Promise<SectionFindings> {
  const { channels } = context.options;
  const torch = await startTorch(context);
  if (torch !== null) await prepareTorch(torch, { channels, batch: 1 });
  const request = (name: string, repeat: number) =>
    torch && { reference: torch.reference, request: { do: name, repeat } };
  const rows: TimedWork[] = [];
  const dynamics = dynamicsWork(channels);
  const classifier = fixedDepthPuppet(channels) as LevelClassifier;
  const level = classifier.levels.list[0]!;
  rows.push(
    await timeWork(context, {
      name: `${REPEATS} evaluations of f_theta with gradient, C = ${channels}`,
      work: dynamics.gradient,
      torch: request("dynamics_gradient", REPEATS),
    }),
    await timeWork(context, {
      name: `${REPEATS} evaluations of f_theta, C = ${channels}`,
      work: dynamics.forward,
      torch: request("dynamics_forward", REPEATS),
    }),
    await timeWork(context, {
      name: `generation of the ${DEPTH} kernels of a level, C = ${channels}`,
      work: async () => {
        const kernels = tf.tidy(() => [...classifier.kernelsOf(level).values()]);
        await waitFor(kernels.at(-1)!);
        tf.dispose(kernels);
      },
      torch: request("generation", 1),
    }),
  );
  await torch?.reference.stop();
  dynamics.dispose();
  classifier.dispose();
  return { passed: null, figures: { channels, depth: DEPTH, torch: torch?.found ?? null, rows } };
}
