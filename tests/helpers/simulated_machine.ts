import type { MachineFiles } from "../../lib/backends/cuda/machine_files.ts";

/**
 * A machine that consists of the files given, and of nothing else.
 *
 * @param texts Text by path; folders follow from the paths.
 */
export function simulatedMachine(texts: Readonly<Record<string, string>>): MachineFiles {
  const paths = Object.keys(texts);
  const inside = (folder: string) => paths.filter((path) => path.startsWith(`${folder}/`));
  return {
    readText: (path) => Promise.resolve(texts[path] ?? null),
    list: (folder) =>
      Promise.resolve(
        [...new Set(inside(folder).map((path) => path.slice(folder.length + 1).split("/")[0]!))],
      ),
    exists: (path) => Promise.resolve(path in texts || inside(path).length > 0),
  };
}

/** What the kernel part of NVIDIA's driver writes, in its two forms. */
export const DRIVER_TEXTS = {
  closed:
    "NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.57.02  Tue Jul 13 16:14:05 UTC 2021\n" +
    "GCC version:  gcc version 9.4.0\n",
  open: "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build  " +
    "(root@host)\nGCC version:  gcc version 12.2.0\n",
} as const;

/** A machine with one H100 and its driver. */
export const H100_FILES: Readonly<Record<string, string>> = {
  "/proc/driver/nvidia/version": DRIVER_TEXTS.open,
  "/proc/driver/nvidia/gpus/0000:18:00.0/information":
    "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 122\n",
  "/dev/nvidiactl": "",
};
