/** When a training is saved, beside its start, every best validation and its end. */
export interface SaveSchedule {
  /**
   * Saves after every so many epochs.
   *
   * @default 1
   */
  readonly epochs?: number;
  /**
   * Saves also within an epoch, once so many seconds have passed since the last time.
   *
   * @default only after epochs
   */
  readonly seconds?: number;
}

/** Tells when a training is to be saved. */
export class SaveClock {
  readonly #schedule: SaveSchedule;
  readonly #now: () => number;
  #savedAt: number;

  /**
   * Starts the clock.
   *
   * @param schedule When to save.
   * @param now Clock in milliseconds.
   */
  constructor(schedule: SaveSchedule = {}, now: () => number = () => performance.now()) {
    this.#schedule = schedule;
    this.#now = now;
    this.#savedAt = now();
  }

  /** Whether so much time has passed that the state within an epoch is to be saved. */
  get isDueWithinEpoch(): boolean {
    const { seconds } = this.#schedule;
    return seconds !== undefined && this.#now() - this.#savedAt >= seconds * 1000;
  }

  /** Whether the state after an epoch, counted from 1, is to be saved. */
  isDueAfter(epoch: number): boolean {
    return epoch % (this.#schedule.epochs ?? 1) === 0 || this.isDueWithinEpoch;
  }

  /** Starts anew. */
  saved(): void {
    this.#savedAt = this.#now();
  }
}
