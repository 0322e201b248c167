import { exitCodeOfSignal, type StopSignal } from "./exit_codes.ts";

/** What a job that can be stopped came to. */
export interface StoppableResult<Result> {
  readonly result: Result;
  /** The signal that asked the job to stop; `null` if none came. */
  readonly signal: StopSignal | null;
}

/**
 * Runs a job that SIGINT, SIGTERM and SIGUSR1 (which batch systems send before the time is up) stop in good
 * order: the first signal aborts the job's `AbortSignal` and lets it save; the second leaves at once with its code.
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
  const listenerOf = (signal: StopSignal) => () => {
    if (received !== null) Deno.exit(exitCodeOfSignal(signal));
    received = signal;
    // The note comes second: whatever becomes of it, the job stops.
    controller.abort();
    onFirst(signal);
  };
  // Windows knows no other.
  const signals: readonly StopSignal[] = Deno.build.os === "windows"
    ? ["SIGINT"]
    : ["SIGINT", "SIGTERM", "SIGUSR1"];
  const listeners = signals.map((signal) => [signal, listenerOf(signal)] as const);
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  try {
    return { result: await job(controller.signal), signal: received };
  } finally {
    // A listener left behind would keep the process alive.
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  }
}
