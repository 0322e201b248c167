import { LineProcess } from "./line_process.ts";

/** A request to reference.py: the name of a method and its arguments. */
export type TorchRequest = { readonly do: string } & Readonly<Record<string, unknown>>;

/** The PyTorch program reference.py as a child process that answers one request at a time. */
export class TorchReference {
  readonly #process: LineProcess;

  /**
   * Starts Python.
   *
   * @param python Name or path of a Python that has torch, numpy and safetensors.
   */
  constructor(python: string) {
    this.#process = new LineProcess(python, [new URL("reference.py", import.meta.url).pathname]);
  }

  /** Sends a request and waits for its answer. */
  ask<Answer>(request: TorchRequest): Promise<Answer> {
    return this.#process.ask<Answer>(JSON.stringify(request));
  }

  /** A run of a timed request, for `pairedTimes`: mean seconds of so many repetitions. */
  timed(request: TorchRequest, times = 1): () => Promise<number> {
    return async () => {
      const { seconds } = await this.ask<{ seconds: number[] }>({ ...request, times });
      return seconds.reduce((sum, value) => sum + value, 0) / times;
    };
  }

  /** Ends Python. */
  stop(): Promise<void> {
    return this.#process.stop();
  }
}
