/**
 * The command `puppet-cnn`: what `deno install`, the bundle and the binary start. It differs from `main.ts` in nothing
 * but the name by which help and errors call the program.
 */
import "./name_installed.ts";
import { runProgram } from "./run_program.ts";

await runProgram();
