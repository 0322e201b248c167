import { exitCodeOfSignal, type StopSignal } from "./exit_codes.ts";
import { isToIgnoreHangUp } from "./hang_up.ts";

/** What a job that can be stopped came to. */
export interface StoppableResult<Result> {
  readonly result: Result;
  /** The signal that asked the job to stop; `null` if none came. */
  readonly signal: StopSignal | null;
}

/**
 * Milliseconds in which a second SIGINT is the first one again: a terminal sends Ctrl+C to `deno task` and to this process,
 * and the former passes it on.
 */
const ECHO = 500;

/** Signals that this process can and should stop after; Windows knows one. */
function stopSignals(): readonly StopSignal[] {
  if (Deno.build.os === "windows") return ["SIGINT"];
  return ["SIGINT", "SIGTERM", "SIGUSR1", "SIGHUP"];
}

/**
 * Runs a job that SIGINT, SIGTERM, SIGUSR1 (which batch systems send before the time is up) and SIGHUP (the terminal was
 * closed; not under `nohup`) stop cleanly: the first signal aborts the job's `AbortSignal` and lets it save. After it, SIGINT
 * leaves at once with its code, unless it is an echo of the first; the others are passed over, since batch systems send them
 * several times for one wish (Slurm up to four times for a `scancel`), and end what does not heed them with SIGKILL.
 *
 * @param job Does the work; returns soon after its signal is aborted.
 * @param onFirst Told about the first signal, once the job's is aborted.
 * @returns What the job returned, and the signal that stopped it.
 */
export async function withStopSignals<Result>(
  job: (signal: AbortSignal) => Promise<Result>,
  onFirst: (signal: StopSignal) => void,
): Promise<StoppableResult<Result>> {
  const controller = new AbortController();
  let received: StopSignal | null = null;
  let isEcho = false;
  let echoTimer: ReturnType<typeof setTimeout> | undefined;
  const listenerOf = (signal: StopSignal) => () => {
    if (received !== null) {
      if (signal === "SIGINT" && !isEcho) Deno.exit(exitCodeOfSignal(signal));
      return;
    }
    received = signal;
    isEcho = signal === "SIGINT";
    // Two timers: after a step that took longer than the first, the signals that came meanwhile are heard before the second.
    echoTimer = setTimeout(() => {
      echoTimer = setTimeout(() => isEcho = false, 1);
    }, ECHO);
    // The note comes second: whatever becomes of it, the job stops.
    controller.abort();
    onFirst(signal);
  };
  const isDeaf = isToIgnoreHangUp();
  const listeners = stopSignals().map((signal) =>
    [signal, signal === "SIGHUP" && isDeaf ? () => {} : listenerOf(signal)] as const
  );
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  try {
    return { result: await job(controller.signal), signal: received };
  } finally {
    clearTimeout(echoTimer);
    // A listener left behind would keep the process alive.
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  }
}
