/**
 * Lets the event loop run once. The native and the WASM backend answer `await tensor.data()` without ever leaving the
 * queue of microtasks: a loop over steps would shut out signals, timers and servers until it ends.
 *
 * @returns When waiting events were handled.
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
