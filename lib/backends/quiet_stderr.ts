/** Number of standard error in every process. */
const STDERR = 2;

/** `O_WRONLY` of Linux and macOS. */
const WRITE_ONLY = 1;

const C_LIBRARIES: Readonly<Partial<Record<typeof Deno.build.os, string>>> = {
  linux: "libc.so.6",
  darwin: "libSystem.dylib",
};

/**
 * Runs an action while what native code writes to standard error goes nowhere. libtensorflow logs two lines
 * from its static initialisers, before any setting of its own can stop them; drivers of WebGPU log that there is no
 * desktop.
 *
 * @param action - synchronous up to where the native code has run, so that no line of anybody else is lost.
 * @returns what the action returns; on a system without a known C library nothing is silenced.
 */
export function quietStderr<Result>(action: () => Result): Result {
  const path = C_LIBRARIES[Deno.build.os];
  if (path === undefined) return action();
  // The permission may cover the library alone; noise is better than a prompt.
  if (Deno.permissions.querySync({ name: "ffi", path }).state !== "granted") return action();
  let library: CLibrary;
  try {
    library = openCLibrary(path);
  } catch {
    // Another C library (musl): noise is better than no backend.
    return action();
  }
  const { dup, dup2, open, close } = library.symbols;
  const sink = open(new TextEncoder().encode("/dev/null\0"), WRITE_ONLY);
  const saved = dup(STDERR);
  try {
    if (sink >= 0 && saved >= 0) dup2(sink, STDERR);
    return action();
  } finally {
    if (sink >= 0 && saved >= 0) dup2(saved, STDERR);
    if (sink >= 0) close(sink);
    if (saved >= 0) close(saved);
    library.close();
  }
}

type CLibrary = ReturnType<typeof openCLibrary>;

function openCLibrary(path: string) {
  return Deno.dlopen(
    path,
    {
      dup: { parameters: ["i32"], result: "i32" },
      dup2: { parameters: ["i32", "i32"], result: "i32" },
      open: { parameters: ["buffer", "i32"], result: "i32" },
      close: { parameters: ["i32"], result: "i32" },
    } as const,
  );
}
