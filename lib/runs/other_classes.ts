/** Classes that a message names. */
const MAX_NAMED = 5;

/** A few names, and how many there are more. */
function nameSome(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return names.slice(0, MAX_NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/**
 * Says how the classes of images differ from those of a model, and what to do.
 *
 * @param known The model's classes, in the order of its outputs.
 * @param found Those of the images, others than these.
 * @returns What follows "Cannot evaluate: ".
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.match(describeOtherClasses(["cat", "dog"], ["cat", "cow"]), /^the model knows the classes .* lack dog, .* cow,/);
 * ```
 */
export function describeOtherClasses(known: readonly string[], found: readonly string[]): string {
  const lacking = known.filter((name) => !found.includes(name));
  const strange = found.filter((name) => !known.includes(name));
  const differences = [
    ...lacking.length === 0 ? [] : [`lack ${nameSome(lacking)}`],
    ...strange.length === 0 ? [] : [`have ${nameSome(strange)}, which it does not know`],
  ];
  const difference = differences.length === 0
    ? "have them in another order"
    : differences.join(", and ");
  return `the model knows the classes ${nameSome(known)}; the images ${difference}; ` +
    "they must have all of its classes, no others, named and ordered as it has them";
}
