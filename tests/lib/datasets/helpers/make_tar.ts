/** A member of a test archive; what it claims may differ from what it holds. */
export interface TestMember {
  readonly name: string;
  readonly content?: Uint8Array | string;
  /** Type flag: "0" file, "1" hard link, "2" symbolic link, "5" folder, "x" pax header, "L" GNU name. */
  readonly type?: string;
  /** Target of a link. */
  readonly link?: string;
  /** Length that the header claims. */
  readonly claimedBytes?: number;
  /** Spoils the header's checksum. */
  readonly hasBadChecksum?: boolean;
}

const BLOCK = 512;

/** Makes a ustar archive. */
export function makeTar(members: readonly TestMember[]): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (const member of members) {
    const { content = "" } = member;
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const padded = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK);
    padded.set(bytes);
    blocks.push(makeHeader(member, bytes.length), padded);
  }
  blocks.push(new Uint8Array(2 * BLOCK));
  return concatenate(blocks);
}

function makeHeader(member: TestMember, bytes: number): Uint8Array {
  const header = new Uint8Array(BLOCK);
  const put = (at: number, text: string) => header.set(new TextEncoder().encode(text), at);
  put(0, member.name);
  put(100, "0000644\0");
  put(124, `${(member.claimedBytes ?? bytes).toString(8).padStart(11, "0")}\0`);
  put(136, "00000000000\0");
  put(148, "        ");
  put(156, member.type ?? "0");
  put(157, member.link ?? "");
  put(257, "ustar\x0000");
  const sum = header.reduce((total, byte) => total + byte, member.hasBadChecksum ? 1 : 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return header;
}

/** Joins pieces. */
export function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** Compresses bytes as gzip does. */
export async function gzip(bytes: Uint8Array<ArrayBuffer> | Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(
    new CompressionStream("gzip"),
  );
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
