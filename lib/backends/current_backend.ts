import type { ActiveBackend } from "./backend.ts";

let current: ActiveBackend | null = null;

/**
 * The backend that was selected last, which is TensorFlow.js's current one.
 *
 * @returns What `selectBackend` returned; `null` if it was not called yet.
 */
export function currentBackend(): ActiveBackend | null {
  return current;
}

/**
 * Remembers the backend that was selected.
 *
 * @param backend The backend.
 * @returns The same.
 */
export function setCurrentBackend(backend: ActiveBackend): ActiveBackend {
  current = backend;
  return backend;
}
