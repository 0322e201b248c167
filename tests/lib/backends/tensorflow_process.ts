/** Run by tensorflow_test.ts in processes with different permissions and environments. */
import { tensorflowBackend } from "../../../lib/backends/tensorflow.ts";

const probe = await tensorflowBackend.probe();
let error: string | null = null;
let device: string | null = null;
try {
  device = (await tensorflowBackend.activate()).device;
} catch (thrown) {
  error = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}
console.log(JSON.stringify({ probe, error, device }));
