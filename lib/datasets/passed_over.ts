import { extname } from "node:path";

/** Files of one kind that a dataset leaves out. */
export interface PassedOver {
  /** Ending (`.bmp`), or what they are. */
  readonly what: string;
  /** How many. */
  readonly count: number;
  /** One of them: its path. */
  readonly example: string;
  /** Whether they are pictures, in a format that is not read. */
  readonly arePictures: boolean;
}

/** Endings of pictures that are not read; whoever has them wants to hear of it. */
const UNREAD_PICTURE =
  /^\.(gif|bmp|tiff?|avif|hei[cf]|jxl|jp2|svg|ico|psd|p[bgp]m|tga|exr|hdr|raw|dng|cr[23w]|nef|arw|orf|rw2)$/i;

/** What operating systems leave in folders. */
const SYSTEM_NAME =
  /^(\..*|__MACOSX|Thumbs\.db|desktop\.ini|@eaDir|\$RECYCLE\.BIN|System Volume Information|lost\+found)$/i;

/**
 * Whether a name is one that operating systems leave in folders.
 *
 * @param name Name of a file or folder.
 * @returns `true` for `.DS_Store`, `__MACOSX` and their like.
 */
export function isSystemName(name: string): boolean {
  return SYSTEM_NAME.test(name);
}

/** Counts what is left out while folders are listed. */
export class PassedOverTally {
  readonly #kinds = new Map<string, { count: number; example: string; arePictures: boolean }>();
  readonly #used: readonly string[];

  /** @param used Paths of files that are used, and so are not counted. */
  constructor(used: readonly string[] = []) {
    this.#used = used;
  }

  /**
   * Counts a file by its ending.
   *
   * @param path Its path.
   */
  addFile(path: string): void {
    if (this.#used.includes(path)) return;
    const ending = extname(path).toLowerCase();
    const what = ending === "" ? "files without an ending" : ending;
    this.add(what, path, UNREAD_PICTURE.test(ending));
  }

  /**
   * Counts something by what it is.
   *
   * @param what Its kind, in the plural.
   * @param path Its path.
   * @param arePictures Whether it is a picture.
   */
  add(what: string, path: string, arePictures = false): void {
    const kind = this.#kinds.get(what) ?? { count: 0, example: path, arePictures };
    kind.count += 1;
    this.#kinds.set(what, kind);
  }

  /** Kinds, the most frequent first. */
  get list(): PassedOver[] {
    return [...this.#kinds].map(([what, kind]) => ({ what, ...kind }))
      .sort((one, other) => other.count - one.count);
  }
}
