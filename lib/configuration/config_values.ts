import { z } from "zod";

/** What is said about a key of the configuration, apart from its type: one row of the table. */
export interface KeyText<Value> {
  /** What it is, with its unit. */
  readonly description: string;
  /** Value where nothing is given, and nothing follows from other keys. */
  readonly default: Value;
  /** Its option, with the name of the value: `--images <count>`; that of a switch has none. */
  readonly option: string;
  /** What `null` does, and the word that the option takes for it: `["all", "takes all"]`. */
  readonly orNull?: readonly [word: string, does: string];
  /** What the help says of the switch that turns it off. */
  readonly off?: string;
  /** What its option sets beside it, in words too. */
  readonly also?: { readonly path: string; readonly value: unknown; readonly text: string };
  /** A run that goes on may change it. */
  readonly mayChange?: true;
  /** Says where or how something is computed, not what: results of runs that differ in it alone may stand for each other. */
  readonly isPlace?: true;
  /** Came after runs were named by their settings: its default does not change their names. */
  readonly isLater?: true;
}

/** What a schema carries: the text of its key, and the values allowed, in words. */
export interface KeyMeta extends KeyText<unknown> {
  /** `a whole number in 1..65536`. */
  readonly allowed: string;
}

/**
 * Describes a key, with what `null` does.
 *
 * @param key The key.
 * @param word How `null` is spelled where the text stands.
 * @returns Words without an end.
 */
export function describeKey(
  key: Pick<KeyText<unknown>, "description" | "orNull">,
  word = "null",
): string {
  return key.orNull === undefined
    ? key.description
    : `${key.description}; ${word} ${key.orNull[1]}`;
}

/** The schema of a key, with its default and its texts. */
function keyOf<Schema extends z.ZodType>(
  schema: Schema,
  allowed: string,
  text: KeyText<z.output<Schema>>,
): z.ZodDefault<Schema> {
  return schema.default(text.default as never).meta({ ...text, allowed });
}

/** A whole number of a range. */
export function whole(
  minimum: number,
  maximum: number,
  text: KeyText<number>,
): z.ZodDefault<z.ZodInt> {
  const allowed = `a whole number in ${minimum}..${maximum}`;
  return keyOf(z.int().min(minimum).max(maximum), allowed, text);
}

/** A whole number of a range, or `null`. */
export function wholeOrNull(
  minimum: number,
  maximum: number,
  text: KeyText<number | null> & Required<Pick<KeyText<number | null>, "orNull">>,
): z.ZodDefault<z.ZodNullable<z.ZodInt>> {
  const allowed = `a whole number in ${minimum}..${maximum}, or null`;
  return keyOf(z.int().min(minimum).max(maximum).nullable(), allowed, text);
}

/** A whole number of a range, or a word. */
export function wholeOr<const Word extends string>(
  word: Word,
  minimum: number,
  maximum: number,
  text: KeyText<number | NoInfer<Word>>,
): z.ZodDefault<z.ZodUnion<[z.ZodLiteral<Word>, z.ZodInt]>> {
  const allowed = `${word}, or a whole number in ${minimum}..${maximum}`;
  return keyOf(z.union([z.literal(word), z.int().min(minimum).max(maximum)]), allowed, text);
}

/** A number of a closed range. */
export function real(
  minimum: number,
  maximum: number,
  text: KeyText<number>,
): z.ZodDefault<z.ZodNumber> {
  return keyOf(z.number().min(minimum).max(maximum), `a number in ${minimum}..${maximum}`, text);
}

/** A number of a range that holds the minimum but not the maximum. */
export function realBelow(
  minimum: number,
  maximum: number,
  text: KeyText<number>,
): z.ZodDefault<z.ZodNumber> {
  const allowed = `a number of at least ${minimum} and below ${maximum}`;
  return keyOf(z.number().min(minimum).lt(maximum), allowed, text);
}

/** A number above zero, up to a maximum. */
export function positive(maximum: number, text: KeyText<number>): z.ZodDefault<z.ZodNumber> {
  return keyOf(z.number().gt(0).max(maximum), `a number above 0, up to ${maximum}`, text);
}

/** One word of a list. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  text: KeyText<NoInfer<Word>>,
): z.ZodDefault<z.ZodEnum<{ [W in Word]: W }>> {
  return keyOf(z.enum(words), `one of ${words.join(", ")}`, text as never);
}

/** `true` or `false`. */
export function flag(text: KeyText<boolean>): z.ZodDefault<z.ZodBoolean> {
  return keyOf(z.boolean(), "true or false", text);
}

/** `true`, `false` or a word. */
export function flagOr<const Word extends string>(
  word: Word,
  text: KeyText<boolean | NoInfer<Word>>,
): z.ZodDefault<z.ZodUnion<[z.ZodLiteral<Word>, z.ZodBoolean]>> {
  return keyOf(z.union([z.literal(word), z.boolean()]), `${word}, true or false`, text);
}

/** One word of a list that is known only when the program runs. */
export function listed(words: readonly string[], text: KeyText<string>): z.ZodDefault<z.ZodString> {
  const schema = z.string().refine((word) => words.includes(word));
  return keyOf(schema, `one of ${words.join(", ")}`, text);
}

/** Text of at least one character. */
export function nonEmptyText(text: KeyText<string>): z.ZodDefault<z.ZodString> {
  return keyOf(z.string().min(1), "a text that is not empty", text);
}
