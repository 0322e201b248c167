import fc from "fast-check";

/** One change of a file: where (as a share of its length), what, and with which value. */
interface Mutation {
  readonly at: number;
  readonly kind: "flip" | "set" | "cut" | "insert" | "repeat" | "remove" | "number";
  readonly value: number;
}

/** Numbers at the borders of types: lengths and offsets are made of these. */
const BORDER_NUMBERS = [
  0,
  1,
  0x7f,
  0x80,
  0xff,
  0x7fff,
  0xffff,
  0x7fff_ffff,
  0x8000_0000,
  0xffff_ffff,
];

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  kind: fc.constantFrom("flip", "set", "cut", "insert", "repeat", "remove", "number"),
  value: fc.oneof(fc.nat(255), fc.constantFrom(...BORDER_NUMBERS)),
});

function applyTo(bytes: Uint8Array, { at, kind, value }: Mutation): Uint8Array {
  const place = Math.floor(at * bytes.length);
  const few = 1 + value % 40;
  const copy = bytes.slice();
  switch (kind) {
    case "flip":
      if (copy.length > 0) copy[place]! ^= 1 << (value & 7);
      return copy;
    case "set":
      if (copy.length > 0) copy[place] = value & 255;
      return copy;
    case "cut":
      return copy.subarray(0, place);
    case "remove":
      return Uint8Array.of(...copy.subarray(0, place), ...copy.subarray(place + few));
    case "insert":
      return Uint8Array.of(
        ...copy.subarray(0, place),
        ...new Uint8Array(few).fill(value & 255),
        ...copy.subarray(place),
      );
    case "repeat":
      return Uint8Array.of(
        ...copy.subarray(0, place),
        ...copy.subarray(place, place + few),
        ...copy.subarray(place),
      );
    case "number":
      for (let byte = 0; byte < 4 && place + byte < copy.length; byte++) {
        copy[place + byte] = (value >>> (24 - 8 * byte)) & 255;
      }
      return copy;
  }
}

/**
 * Files that were good once: some samples with up to five changes.
 *
 * @param samples Good files.
 * @returns Arbitrary of damaged ones.
 */
export function mutatedBytes(samples: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc.tuple(fc.constantFrom(...samples), fc.array(mutation, { maxLength: 5 }))
    .map(([sample, mutations]) => mutations.reduce(applyTo, sample));
}

/** Words that have confused readers of text before. */
const TRAPS = [
  ...["__proto__", "constructor", "prototype", "toString", "null", "~", "NaN", "1e999", "-0", "-1"],
  ...[
    "9007199254740993",
    "0x10",
    "1_000",
    "true",
    "[]",
    "{}",
    "[",
    "}",
    '"',
    "'",
    ",",
    ":",
    "#",
    "\n",
  ],
  ...[
    "\r\n",
    "\t",
    "\0",
    "\u001b[2J",
    "\ud800",
    "\u202e",
    "\ufeff",
    "..",
    "/",
    "../../x",
    "&a [*a]",
  ],
  ...[
    "*a",
    "<<: *a",
    "!!js/function",
    "!!binary aaaa",
    "--- ",
    "...",
    "|2",
    "\\u0000",
    "1".repeat(400),
  ],
];

/**
 * Texts that were good once: changed characters, removed or doubled pieces, and words that confuse readers.
 *
 * @param samples Good texts.
 * @returns Arbitrary of damaged ones.
 */
export function mutatedText(samples: readonly string[]): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    removed: fc.nat(12),
    inserted: fc.oneof(fc.constant(""), fc.constantFrom(...TRAPS), fc.string({ maxLength: 5 })),
  });
  return fc.tuple(fc.constantFrom(...samples), fc.array(edit, { maxLength: 4 }))
    .map(([sample, edits]) =>
      edits.reduce((text, { at, removed, inserted }) => {
        const place = Math.floor(at * text.length);
        return text.slice(0, place) + inserted + text.slice(place + removed);
      }, sample)
    );
}

/** Any JSON value as text, with keys and numbers that confuse readers. */
export function trickyJson(keys: readonly string[]): fc.Arbitrary<unknown> {
  const key = fc.oneof(fc.constantFrom(...keys, ...TRAPS), fc.string({ maxLength: 8 }));
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.oneof(
        fc.constantFrom(null, true, false, 0, -1, 0.5, 1e308, 2 ** 53, 64, "", ...TRAPS),
        fc.double(),
        fc.integer(),
        fc.string({ maxLength: 10 }),
      ),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.array(fc.tuple(key, tie("value")), { maxLength: 5 }).map((pairs) =>
        Object.fromEntries(pairs)
      ),
    ),
  })).value;
}
