import { dirname } from "node:path";
import { DataError } from "../errors.ts";
import { freeSpace } from "../files/free_space.ts";

/** What an unknown length may leave of a disk: other programs need some of it. */
const SPARED_BYTES = 2 ** 28;

/** Bytes of unknown total after which the disk is looked at again. */
export const LOOK_EVERY = 2 ** 26;

/**
 * Looks whether a body may be written to its end.
 *
 * @param part Path of the part; its folder must exist.
 * @param body Bytes that are there, length of the whole or `null`, and the most that is taken.
 * @returns Why it is not wanted; `null` if nothing speaks against it.
 * @throws {DataError} if the disk has no room for it.
 */
export async function findExcess(
  part: string,
  { offset, total, maxBytes }: {
    readonly offset: number;
    readonly total: number | null;
    readonly maxBytes: number;
  },
): Promise<string | null> {
  if (total !== null && total > maxBytes) {
    return `the file has ${total} bytes there, at most ${maxBytes} are taken`;
  }
  const free = await freeSpace(dirname(part));
  if (free === null) return null;
  const needed = total === null ? SPARED_BYTES : total - offset;
  if (free >= needed) return null;
  throw new DataError(
    total === null
      ? `Cannot write download: ${part} has a length that nobody has told, and its disk has only ${free} bytes left; ` +
        "make room, or fetch it by another program and give it with --from"
      : `Cannot write download: ${part} needs ${needed} bytes, its disk has ${free} left; make room and run the ` +
        "command again",
  );
}
