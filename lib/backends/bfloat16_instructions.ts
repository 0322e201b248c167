import { isGranted } from "./permissions.ts";

const CPU_FILE = "/proc/cpuinfo";

/** Names under which Linux lists the instructions: AVX-512, AMX and AVX2 of x86-64, and those of Arm. */
const FLAGS: ReadonlySet<string> = new Set(["avx512_bf16", "amx_bf16", "avx_ne_convert", "bf16"]);

/**
 * Whether the processor has instructions for bfloat16.
 *
 * @returns `null` where that cannot be known: on another system than Linux, or without permission to look.
 */
export async function hasBfloat16Instructions(): Promise<boolean | null> {
  if (Deno.build.os !== "linux" || !await isGranted({ name: "read", path: CPU_FILE })) return null;
  try {
    return listsBfloat16(await Deno.readTextFile(CPU_FILE));
  } catch {
    return null;
  }
}

/**
 * Looks for the instructions in what Linux says of the processors.
 *
 * @param text Content of `/proc/cpuinfo`.
 * @returns Whether the first processor has them; `null` if the text lists no instructions.
 */
export function listsBfloat16(text: string): boolean | null {
  const list = /^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1];
  if (list === undefined) return null;
  return list.split(/\s+/).some((flag) => FLAGS.has(flag));
}
