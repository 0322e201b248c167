/** Run by wasm_threads_test.ts in a process of its own: uses threads, and does not stop them. */
import * as tf from "@tensorflow/tfjs-core";
import { selectBackend } from "../../../../lib/backends/select_backend.ts";
import { wasmThreads } from "../../../../lib/backends/wasm.ts";

await selectBackend("wasm", { threads: 3 });
const threads = wasmThreads()!;
threads.ready();
threads.delegates = true;
tf.matMul(tf.ones([2048, 128]), tf.ones([128, 128])).dispose();
console.log(threads.helped > 0);
