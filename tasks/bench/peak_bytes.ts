/** Largest resident size of this process so far, in bytes (Linux). */
export function peakBytes(): number {
  const found = /VmHWM:\s+(\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status"));
  if (found === null) throw new Error("Cannot measure memory: /proc/self/status has no VmHWM");
  return Number(found[1]) * 1024;
}
