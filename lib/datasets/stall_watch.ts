/** Bytes per second below which a connection counts as dead: a server could send one now and then for ever. */
const MIN_RATE = 1000;

/** Aborts a request that brings hardly a byte for a while, or that the caller gave up. */
export class StallWatch {
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  readonly #outer: AbortSignal | undefined;
  readonly #giveUp = () => this.#controller.abort(this.#outer?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #bytes = 0;
  /** Whether it was this watch that ended the request. */
  hasStalled = false;

  /**
   * Begins to watch.
   *
   * @param milliseconds Time within which bytes must come.
   * @param outer Ends the request too.
   */
  constructor(milliseconds: number, outer: AbortSignal | undefined) {
    this.#milliseconds = milliseconds;
    this.#outer = outer;
    if (outer?.aborted) this.#giveUp();
    outer?.addEventListener("abort", this.#giveUp);
    this.#begin();
  }

  /** Ends the request and its body. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Bytes have come. */
  count(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Waits for what must come within the time. */
  #begin(): void {
    this.#bytes = 0;
    this.#timer = setTimeout(() => {
      if (this.#bytes >= MIN_RATE * this.#milliseconds / 1000) return this.#begin();
      this.hasStalled = true;
      this.#controller.abort();
    }, this.#milliseconds);
  }

  /** Stops watching. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#giveUp);
  }
}
