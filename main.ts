import { runProgram } from "./cli/run_program.ts";

await runProgram();
