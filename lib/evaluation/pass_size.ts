import { currentBackend } from "../backends/current_backend.ts";
import type { ActiveBackend } from "../backends/backend.ts";

/**
 * Multiply-adds of one forward pass on one thread, by backend: about a quarter of a second on two cores, so that a person sees
 * something move. More would not be faster. WASM divides the images of a pass among its threads: each gets as much.
 */
const WORK_OF_PASS: Readonly<Record<string, number>> = { cpu: 2e7, wasm: 1e9 };
const WORK_OF_PASS_ELSEWHERE = 2.5e10;

/** Images of the first pass, whose work is not known yet. */
const FIRST_PASS = 4;

/** Decides how many images pass a network together, by work and not by time: the same in every run. */
export class PassSize {
  readonly #limit: number;
  readonly #work: number;
  #size: number;

  /**
   * Starts with a small pass.
   *
   * @param batchSize Most images of a pass, >= 1.
   * @param backend Name and threads of the backend; by default the one in use.
   */
  constructor(
    batchSize: number,
    { name, threads = 1 }: Partial<Pick<ActiveBackend, "name" | "threads">> = currentBackend() ??
      {},
  ) {
    this.#limit = batchSize;
    this.#work = threads * (WORK_OF_PASS[name ?? ""] ?? WORK_OF_PASS_ELSEWHERE);
    this.#size = Math.min(batchSize, FIRST_PASS);
  }

  /** Images of the next pass. */
  get size(): number {
    return this.#size;
  }

  /**
   * Takes the work of a pass in.
   *
   * @param images Images that it had.
   * @param multiplyAdds Its work.
   */
  add(images: number, multiplyAdds: number): void {
    const perImage = Math.max(multiplyAdds / images, 1);
    this.#size = Math.max(1, Math.min(this.#limit, Math.floor(this.#work / perImage)));
  }
}
