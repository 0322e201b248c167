/**
 * Variables by which TensorFlow and its libraries learn how many threads a task may use: one operation at a time, on all of
 * them.
 *
 * @param threads Number of threads, or the shell's word for it.
 * @returns Value by name.
 */
export function threadVariables(threads: string): Record<string, string> {
  return {
    OMP_NUM_THREADS: threads,
    TF_NUM_INTRAOP_THREADS: threads,
    TF_NUM_INTEROP_THREADS: "1",
  };
}
