/** Number of SIGHUP, and the handler that ignores a signal, on Linux and macOS. */
const SIGHUP = 1;
const IGNORE = 1n;

/** What the process was started with; asked once, since the answer is lost with the first listener. */
let isIgnored: boolean | undefined;

function askForHandler(): boolean {
  if (Deno.build.os === "windows") return false;
  const path = Deno.build.os === "darwin" ? "libSystem.B.dylib" : "libc.so.6";
  if (Deno.permissions.querySync({ name: "ffi", path }).state !== "granted") return false;
  try {
    const library = Deno.dlopen(path, {
      signal: { parameters: ["i32", "usize"], result: "usize" },
    });
    try {
      // C has no question without an answer of one's own: the handler before is what setting another returns.
      const before = library.symbols.signal(SIGHUP, IGNORE);
      if (BigInt(before) === IGNORE) return true;
      library.symbols.signal(SIGHUP, before);
      return false;
    } finally {
      library.close();
    }
  } catch {
    // Another C library.
    return false;
  }
}

/**
 * Whether the process was started to ignore SIGHUP, as by `nohup`; no where the C library may not be asked. To be called
 * early: half a second after the start Deno itself listens to SIGUSR1, and with any listener it sets a handler of its own
 * for SIGHUP, which ends the process and hides what was before.
 *
 * @returns The answer, the same for the whole process.
 */
export function isToIgnoreHangUp(): boolean {
  return isIgnored ??= askForHandler();
}

/**
 * Leaves SIGHUP alone from now on where the process was started so, whoever listens to other signals.
 *
 * @returns Ends that; a listener left behind would keep the process alive.
 */
export function keepIgnoringHangUp(): () => void {
  if (!isToIgnoreHangUp()) return () => {};
  const ignore = () => {};
  Deno.addSignalListener("SIGHUP", ignore);
  return () => Deno.removeSignalListener("SIGHUP", ignore);
}
