/** A key that was taken out; files from before still name it. */
interface RetiredKey {
  /** The one value that is still read: what is done anyway. */
  readonly neutral: unknown;
  /** Path of the key that it followed. */
  readonly after: string;
}

/** Keys that were taken out, by path. */
const RETIRED_KEYS: ReadonlyMap<string, RetiredKey> = new Map<string, RetiredKey>([
  ["model.kernelResizing", { neutral: "pooling", after: "model.trajectorySteps" }],
  ["model.scaleExponent", { neutral: 1, after: "model.referenceComplexity" }],
  ["model.activation", { neutral: "relu", after: "model.mirrorSymmetry" }],
  ["training.weightAveraging", { neutral: 0, after: "training.featureMixing" }],
  ["training.finalLevelSharing", { neutral: "same", after: "training.levelSharing" }],
]);

/** Values that were taken out of keys that are still there. */
const RETIRED_VALUES: ReadonlyMap<string, readonly unknown[]> = new Map([
  ["model.initialState", ["orthogonal", "low-frequency"]],
]);

/**
 * Tells whether a key was taken out.
 *
 * @param path Its path.
 */
export function isRetired(path: string): boolean {
  return RETIRED_KEYS.has(path);
}

/**
 * Says that a value was taken out, and why.
 *
 * @param path Path of a key.
 * @param value Its value.
 * @returns Half a sentence; `null` where the value is what is done anyway, or was never there.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(describeRetired("model.scaleExponent", 1), null);
 * assert.match(describeRetired("model.scaleExponent", 3)!, /^model.scaleExponent was taken out/);
 * ```
 */
export function describeRetired(path: string, value: unknown): string | null {
  const key = RETIRED_KEYS.get(path);
  const reason = 'was taken out, as it brought no clear gain (docs/experiments.md, "What helps?")';
  if (RETIRED_VALUES.get(path)?.includes(value)) return `${path} ${value} ${reason}`;
  if (key === undefined || value === key.neutral) return null;
  return `${path} ${reason}; only ${JSON.stringify(key.neutral)} is left`;
}

/** The values that stand for the retired keys of the section `model`, by name. */
export function retiredModelValues(): [name: string, value: unknown][] {
  return [...RETIRED_KEYS].flatMap(([path, { neutral }]) => {
    const [section, name = ""] = path.split(".");
    return section === "model" ? [[name, neutral]] : [];
  });
}

/**
 * Puts retired keys back where they stood, so that what is named by its configuration keeps its name.
 *
 * @param entries Path and value of every key, in order.
 * @returns The entries, and those of retired keys.
 */
export function withRetiredKeys(
  entries: readonly [path: string, value: unknown][],
): [path: string, value: unknown][] {
  const retired = [...RETIRED_KEYS];
  return entries.flatMap((entry) => [
    entry,
    ...retired.flatMap(([path, { neutral, after }]): typeof entries =>
      after === entry[0] ? [[path, neutral]] : []
    ),
  ]);
}
