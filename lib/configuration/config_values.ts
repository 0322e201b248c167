import { z } from "zod";

/** What is said about a key of the configuration, apart from its type. */
export interface KeyText<Value> {
  /** What it is, with its unit. */
  readonly is: string;
  /** Value where nothing is given. */
  readonly default: Value;
}

/** A whole number of a range. */
export function whole(
  minimum: number,
  maximum: number,
  text: KeyText<number>,
): z.ZodDefault<z.ZodInt> {
  const allowed = `a whole number in ${minimum}..${maximum}`;
  return z.int().min(minimum).max(maximum).default(text.default)
    .meta({ description: text.is, allowed });
}

/** A whole number of a range, or `null`. */
export function wholeOrNull(
  minimum: number,
  maximum: number,
  text: KeyText<number | null>,
): z.ZodDefault<z.ZodNullable<z.ZodInt>> {
  const allowed = `a whole number in ${minimum}..${maximum}, or null`;
  return z.int().min(minimum).max(maximum).nullable().default(text.default)
    .meta({ description: text.is, allowed });
}

/** A number of a closed range. */
export function real(
  minimum: number,
  maximum: number,
  text: KeyText<number>,
): z.ZodDefault<z.ZodNumber> {
  const allowed = `a number in ${minimum}..${maximum}`;
  return z.number().min(minimum).max(maximum).default(text.default)
    .meta({ description: text.is, allowed });
}

/** A number of a range that holds the minimum but not the maximum. */
export function realBelow(
  minimum: number,
  maximum: number,
  text: KeyText<number>,
): z.ZodDefault<z.ZodNumber> {
  const allowed = `a number of at least ${minimum} and below ${maximum}`;
  return z.number().min(minimum).lt(maximum).default(text.default)
    .meta({ description: text.is, allowed });
}

/** A number above zero, up to a maximum. */
export function positive(maximum: number, text: KeyText<number>): z.ZodDefault<z.ZodNumber> {
  const allowed = `a number above 0, up to ${maximum}`;
  return z.number().gt(0).max(maximum).default(text.default)
    .meta({ description: text.is, allowed });
}

/** One word of a list. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  text: KeyText<NoInfer<Word>>,
): z.ZodDefault<z.ZodEnum<{ [W in Word]: W }>> {
  return z.enum(words).default(text.default as never)
    .meta({ description: text.is, allowed: `one of ${words.join(", ")}` });
}

/** `true` or `false`. */
export function flag(text: KeyText<boolean>): z.ZodDefault<z.ZodBoolean> {
  return z.boolean().default(text.default)
    .meta({ description: text.is, allowed: "true or false" });
}

/** One word of a list that is known only when the program runs. */
export function listed(words: readonly string[], text: KeyText<string>): z.ZodDefault<z.ZodString> {
  return z.string().refine((word) => words.includes(word)).default(text.default)
    .meta({ description: text.is, allowed: `one of ${words.join(", ")}` });
}

/** Text of at least one character. */
export function nonEmptyText(text: KeyText<string>): z.ZodDefault<z.ZodString> {
  return z.string().min(1).default(text.default)
    .meta({ description: text.is, allowed: "a text that is not empty" });
}
