// Run by save_checkpoint_test.ts: saves a checkpoint and kills itself without warning at one stage.
import { saveCheckpoint } from "../../../lib/checkpoints/save_checkpoint.ts";

const [root, fatalStage] = Deno.args as [string, string];
await saveCheckpoint(root, {
  step: 300,
  best: true,
  files: new Map([["a.bin", new Uint8Array(100_000).fill(3)], [
    "b.json",
    new TextEncoder().encode("{}"),
  ]]),
}, {
  failpoint: (stage) => {
    if (stage === fatalStage) Deno.kill(Deno.pid, "SIGKILL");
  },
});
