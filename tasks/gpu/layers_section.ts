import { messageOf } from "../../lib/errors.ts";
import * as tf from "@tensorflow/tfjs-core";
import { BACKENDS } from "../../lib/backends/select_backend.ts";
import { compareValues, type NamedValues } from "./compare_values.ts";
import { libraryCases } from "./library_cases.ts";
import { operationCases } from "./operation_cases.ts";
import type { LayerCase } from "./layer_case.ts";
import type { SectionContext, SectionFindings } from "./section.ts";

/** What became of one case. */
interface CaseFigures {
  readonly name: string;
  readonly tolerance: number;
  /** Largest difference over value and gradients; `null` if it could not be computed. */
  readonly difference: number | null;
  /** The result in which it was found. */
  readonly where: string | null;
  readonly passed: boolean;
  readonly error: string | null;
}

/** Runs a case on the current backend and reads its results. */
export async function readCase({ run }: Pick<LayerCase, "run">): Promise<NamedValues> {
  const tensors: Record<string, tf.Tensor> = tf.tidy(run);
  const values = new Map<string, Float32Array>();
  for (const [name, tensor] of Object.entries(tensors)) {
    values.set(name, Float32Array.from(await tensor.data()));
  }
  tf.dispose(tensors);
  return values;
}

async function compareCase(context: SectionContext, layer: LayerCase): Promise<CaseFigures> {
  const { name, tolerance } = layer;
  try {
    await BACKENDS.cpu.activate();
    const reference = await readCase(layer);
    await BACKENDS[context.active.name].activate();
    const found = await readCase(layer);
    const worst = compareValues(found, reference)
      .reduce((left, right) => left.largest >= right.largest ? left : right);
    const passed = worst.largest <= tolerance;
    return { name, tolerance, difference: worst.largest, where: worst.name, passed, error: null };
  } catch (error) {
    const text = messageOf(error);
    return { name, tolerance, difference: null, where: null, passed: false, error: text };
  }
}

function describeCase({ name, tolerance, difference, where, passed, error }: CaseFigures): string {
  const verdict = passed ? "ok  " : "WRONG";
  if (error !== null) return `${verdict} ${name}: ${error.split("\n")[0]}`;
  return `${verdict} ${name}: ${difference!.toExponential(1)} in ${where}, allowed ${tolerance}`;
}

/** Computes every layer, forward and gradient, on the backend and on plain JavaScript, and compares. */
export async function compareLayers(context: SectionContext): Promise<SectionFindings> {
  // By itself WebGPU leaves small tensors to the CPU; here the device is under proof.
  if (context.active.name === "webgpu") tf.env().set("WEBGPU_CPU_FORWARD", false);
  const cases = [...libraryCases(), ...operationCases()];
  const found: CaseFigures[] = [];
  for (const layer of cases) {
    if (context.secondsLeft() < 2) break;
    const figures = await compareCase(context, layer);
    found.push(figures);
    context.note({ cases: found, planned: cases.length });
    if (!figures.passed) context.say(describeCase(figures));
  }
  const differences = found.map(({ difference, tolerance }) => (difference ?? 0) / tolerance);
  const closest = found[differences.indexOf(Math.max(...differences))];
  const right = found.filter(({ passed }) => passed).length;
  context.say(
    `${right} of ${cases.length} cases agree, ${cases.length - found.length} not reached`,
  );
  if (closest !== undefined) context.say(`nearest to its limit: ${describeCase(closest)}`);
  return { passed: right === cases.length, figures: { cases: found, planned: cases.length } };
}
