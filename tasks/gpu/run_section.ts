/**
 * Child process of the proof: runs one section and writes a line of JSON for everything it says and at last for what
 * it found. A section has a process of its own, so that a driver that crashes or hangs takes only this section along.
 *
 *     deno run --allow-all tasks/gpu/run_section.ts SECTION OPTIONS_AS_JSON SECONDS
 */
import { selectBackend } from "../../lib/backends/select_backend.ts";
import { SECTIONS } from "./sections.ts";
import type { ProofOptions } from "./proof_options.ts";

const [name, optionsText, seconds] = Deno.args as [string, string, string];
const options = JSON.parse(optionsText) as ProofOptions;
const started = performance.now();
const write = (message: unknown) => console.log(JSON.stringify(message));
const entry = SECTIONS.find((section) => section.name === name);
if (entry === undefined) throw new RangeError(`Cannot run section "${name}": there is none`);
const [active, run] = await Promise.all([selectBackend(options.backend), entry.load()]);
const findings = await run({
  options,
  active,
  say: (line) => write({ line }),
  note: (figures) => write({ figures }),
  secondsLeft: () => Number(seconds) - (performance.now() - started) / 1000,
});
write({ findings });
// WebGPU keeps a thread that would hold the process.
Deno.exit(0);
