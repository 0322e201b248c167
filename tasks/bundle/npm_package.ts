import { BUNDLE_SCRIPT } from "./relocate.ts";

/** Name of the program that npm's `bin` starts. */
export const BIN_SCRIPT = "bin.js";

/**
 * What makes a bundle an npm package: `npx` and `deno x` start its program.
 *
 * @param version Version of the toolkit.
 * @returns Content of the files by name.
 */
export function npmFiles(version: string): Readonly<Record<string, string>> {
  const card = {
    name: "puppet-cnn",
    version,
    description: "Convolutional networks whose kernels a small neural ODE generates",
    license: "MIT",
    type: "module",
    bin: { "puppet-cnn": BIN_SCRIPT },
  };
  const bin = `#!/usr/bin/env node
if (globalThis.Deno === undefined) {
  console.error(
    "error: Cannot start puppet-cnn under Node: it needs Deno; run \\"deno x puppet-cnn\\", or install Deno " +
      "(npm install -g deno)",
  );
  process.exit(1);
}
await import("./${BUNDLE_SCRIPT}");
`;
  return { "package.json": `${JSON.stringify(card, null, 2)}\n`, [BIN_SCRIPT]: bin };
}
