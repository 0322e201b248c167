/**
 * The storeys of the repository, from the ground up. A room is a folder of `lib`, or a file that stands in `lib` itself,
 * or one of the folders beside it. A file imports from its own room and from lower storeys: rooms on one storey know
 * nothing of each other.
 *
 * Whoever makes a room changes this list and the table of docs/architecture.md; a test compares them.
 */
export const STOREYS: readonly (readonly string[])[] = [
  ["lib/count_of.ts", "lib/safe_text.ts", "lib/shorten_message.ts"],
  ["deno.json", "lib/errors.ts", "lib/architectures", "lib/complexity", "lib/randomness"],
  ["lib/arguments"],
  ["lib/read_bounded.ts", "lib/files", "lib/tensors", "lib/backends"],
  ["lib/layers", "lib/datasets", "lib/checkpoints"],
  ["lib/puppeteer"],
  // What every model is, and what models are made of.
  ["lib/classifiers"],
  ["lib/puppet", "lib/baselines"],
  // The registry of models and what is made or counted by it.
  ["lib/models", "lib/evaluation"],
  ["lib/training", "lib/analyses"],
  ["lib/configuration", "lib/exports", "lib/page"],
  ["lib/runs"],
  ["lib/paper"],
  ["lib/sweeps"],
  ["lib/reports"],
  // What a program needs, in few words.
  ["lib/api"],
  ["lib/mod.ts"],
  ["cli"],
  // The helpers and made-up data of the tests, which tasks take their cases from.
  ["main.ts", "tests"],
  ["tasks"],
];

const STOREY_OF: ReadonlyMap<string, number> = new Map(
  STOREYS.flatMap((rooms, storey) => rooms.map((room) => [room, storey])),
);

/**
 * The room of a file.
 *
 * @param file Path relative to the repository, with `/`.
 * @returns Its folder below `lib`, the file itself where it stands in `lib` or at the top, or the top folder.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(roomOf("lib/puppeteer/solvers/euler.ts"), "lib/puppeteer");
 * assert.equal(roomOf("lib/errors.ts"), "lib/errors.ts");
 * assert.equal(roomOf("cli/train.ts"), "cli");
 * ```
 */
export function roomOf(file: string): string {
  const parts = file.split("/");
  return parts.slice(0, parts[0] === "lib" ? 2 : 1).join("/");
}

/**
 * Tells why a file must not import another.
 *
 * @param file The importing file, relative to the repository.
 * @param target The imported file, likewise.
 * @returns What is wrong; `null` if the import goes down, or stays in the room.
 */
export function refuseDirection(file: string, target: string): string | null {
  const [from, to] = [roomOf(file), roomOf(target)];
  if (from === to) return null;
  for (const room of [from, to]) {
    if (!STOREY_OF.has(room)) {
      return `${room} stands on no storey; give it one in tasks/structure/storeys.ts`;
    }
  }
  const isBelow = STOREY_OF.get(to)! < STOREY_OF.get(from)!;
  return isBelow ? null : `${from} must not import ${to}, which is not below it`;
}
