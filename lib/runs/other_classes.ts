/** Classes that a message names. */
const MAX_NAMED = 5;

/** A few names, and how many there are more. */
function nameSome(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return names.slice(0, MAX_NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/**
 * Says which classes of images a model does not know, and what to do.
 *
 * @param known The model's classes.
 * @param found Those of the images, of which one is none of these.
 * @returns What follows "Cannot evaluate: ".
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.match(describeOtherClasses(["cat", "dog"], ["cat", "cow"]), /^the images have cow, which the model does not know/);
 * ```
 */
export function describeOtherClasses(known: readonly string[], found: readonly string[]): string {
  const strange = found.filter((name) => !known.includes(name));
  return `the images have ${nameSome(strange)}, which the model does not know; its classes are ${
    nameSome(known)
  }; name them so, or leave the others out`;
}
