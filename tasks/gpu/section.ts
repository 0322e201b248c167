import type { ActiveBackend } from "../../lib/backends/backend.ts";
import type { ProofOptions } from "./proof_options.ts";

/** What a section of the proof works with. */
export interface SectionContext {
  /** Sizes, data, what to compare with. */
  readonly options: ProofOptions;
  /** The backend under proof; it is TensorFlow.js's current one. */
  readonly active: ActiveBackend;
  /** Says a line to whoever watches; it also reaches the JSON document. */
  readonly say: (line: string) => void;
  /** Hands over what was found so far: it stays if the section does not come to its end. */
  readonly note: (figures: SectionFindings["figures"]) => void;
  /** Seconds until the section is stopped. */
  readonly secondsLeft: () => number;
}

/** What a section found out. */
export interface SectionFindings {
  /** Whether what had to hold held; `null` where nothing was judged. */
  readonly passed: boolean | null;
  /** Figures of the section, as they stand in the JSON document. */
  readonly figures: Readonly<Record<string, unknown>>;
}

/** One part of the proof; an error that it throws is recorded, and the next section runs. */
export type Section = (context: SectionContext) => Promise<SectionFindings>;

/** How a section ended, with all that it said until then. */
export interface SectionRecord {
  /** Name of the section. */
  readonly name: string;
  /** `skipped`: no time was left for it. */
  readonly status: "passed" | "not passed" | "done" | "failed" | "out of time" | "skipped";
  /** Seconds that the section took, its process included. */
  readonly seconds: number;
  /** Lines that it said. */
  readonly lines: readonly string[];
  /** Its figures; of a section that did not come to its end, those that it had handed over. */
  readonly figures: Readonly<Record<string, unknown>>;
  /** Why it failed, with the end of what it wrote to standard error. */
  readonly error?: string;
}
