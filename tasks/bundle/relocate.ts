/** Name of the script. */
export const BUNDLE_SCRIPT = "puppet-cnn.js";

/** A place in a bundle that named its file by the place of a module. */
export interface Relocation {
  /** What the bundle says now. */
  readonly script: string;
  /** Programs of workers that lie beside it now, by the name of their source: `decode_worker.ts`. */
  readonly workers: readonly string[];
  /** Files of packages that lie beside it now, as the source names them. */
  readonly packageFiles: readonly string[];
}

/** `new URL("./decode_worker.ts", import.meta.url)`. */
const RELATIVE = /new URL\(\s*(["'`])((?:\.{1,2}\/)+[\w./-]*)\1\s*,\s*import\.meta\.url\s*\)/g;

/** `import.meta.resolve("@cwasm/webp/webp.wasm")`. */
const RESOLVED = /import\.meta\.resolve\(\s*(["'`])(@?[\w.-]+\/[\w./-]+)\1\s*\)/g;

/** Uses that need no file: the place of the bundle does as well. */
const HARMLESS = /import\.meta\.(?:url|dirname|filename|main)\b/g;

/** What modules of Node's older kind take for granted: the WebAssembly glue of TensorFlow.js is one. */
const CLASSIC_NAMES = "const __dirname = import.meta.dirname, __filename = import.meta.filename;";

/**
 * Name of a worker's program beside the bundle.
 *
 * @param source Name of its source.
 */
export function workerFile(source: string): string {
  return source.replace(/\.ts$/, ".js");
}

/**
 * Makes a bundle look beside itself for the files that its modules looked for around themselves. Modules know their
 * places by `import.meta`, and in a bundle all of them have the place of the bundle.
 *
 * @param bundle The script.
 * @returns The script with other addresses, and what has to lie beside it.
 * @throws {TypeError} if an address is made in a way that is not known here: it would be wrong.
 */
export function relocate(bundle: string): Relocation {
  const workers = new Set<string>();
  const packageFiles = new Set<string>();
  const beside = (path: string) => `new URL(${JSON.stringify(`./${path}`)}, import.meta.url)`;
  const script = bundle
    .replace(RELATIVE, (_, __, path: string) => {
      const inner = path.replace(/^(?:\.{1,2}\/)+/, "");
      if (!inner.endsWith(".ts")) return beside(inner);
      // The command line starts itself again.
      if (inner === "main.ts") return beside(BUNDLE_SCRIPT);
      workers.add(inner);
      return beside(workerFile(inner));
    })
    .replace(RESOLVED, (_, __, specifier: string) => {
      packageFiles.add(specifier);
      return `${beside(specifier.split("/").at(-1)!)}.href`;
    });
  const rest = script.replace(RELATIVE, "").replace(HARMLESS, "");
  const unknown = /.{0,60}import\.meta.{0,60}/.exec(rest)?.[0];
  if (unknown !== undefined) {
    throw new TypeError(`Cannot move the bundle: it names a file in an unknown way (${unknown})`);
  }
  return {
    script: `${CLASSIC_NAMES}\n${script}`,
    workers: [...workers].sort(),
    packageFiles: [...packageFiles].sort(),
  };
}
