import { isAbsolute, join, resolve } from "node:path";
import { BackendError } from "../errors.ts";

/** Version of the npm package whose JavaScript drives the native library. */
export const TFJS_NODE_VERSION = "4.22.0";

/** Environment variable that names another folder for the native library. */
export const NATIVE_DIRECTORY_VARIABLE = "PUPPET_CNN_NATIVE";

/** Environment variables that say where the native library lies, on this operating system. */
export const NATIVE_DIRECTORY_VARIABLES: readonly string[] = [
  NATIVE_DIRECTORY_VARIABLE,
  ...Deno.build.os === "windows" ? ["LOCALAPPDATA"] : ["HOME", "XDG_CACHE_HOME"],
];

/** Name of the file that describes an installation. */
export const NATIVE_MANIFEST_NAME = "manifest.json";

/** Folder of tfjs-node's JavaScript in an installation, with `/`. */
export const DRIVER_FOLDER = "node_modules/@tensorflow/tfjs-node-gpu";

/** One file of an installation. */
export interface NativeFile {
  /** Path relative to the installation, with `/`. */
  readonly path: string;
  /** Size in bytes. */
  readonly bytes: number;
  /** SHA-256, lower-case hexadecimal. */
  readonly sha256: string;
}

/** One archive from which an installation was made. */
export interface NativeArchive {
  /** File name of the archive. */
  readonly name: string;
  /** SHA-256, lower-case hexadecimal. */
  readonly sha256: string;
  /** Whether the digest is pinned by the toolkit; otherwise whoever installed it gave it. */
  readonly pinned: boolean;
}

/** What `install-native` writes beside the library. */
export interface NativeManifest {
  readonly format: 1;
  /** `prebuilt`: the package's own binaries; `wheel`: library of the pip wheel, binding compiled here. */
  readonly source: "prebuilt" | "wheel";
  readonly tfjsNode: string;
  /** Version of libtensorflow. */
  readonly tensorflow: string;
  /** Whether the library was built with CUDA; it runs without a GPU as well. */
  readonly device: "cpu" | "gpu";
  /** Operating system and processor: `linux-x86_64`. */
  readonly platform: string;
  /** Path of `tfjs_binding.node` relative to the installation, with `/`. */
  readonly binding: string;
  /** First line of the compiler's version, or `null` where nothing was compiled. */
  readonly compiler: string | null;
  /** ISO 8601. */
  readonly installedAt: string;
  readonly archives: readonly NativeArchive[];
  readonly files: readonly NativeFile[];
}

/** An installation whose files are all there with the right sizes. */
export interface NativeInstallation {
  /** Absolute path of the folder. */
  readonly directory: string;
  /** Absolute path of `tfjs_binding.node`. */
  readonly bindingPath: string;
  readonly manifest: NativeManifest;
}

/** Operating system and processor of this process, as it stands in the folder's name: `linux-x86_64`. */
export function nativePlatform(): string {
  return `${Deno.build.os}-${Deno.build.arch}`;
}

/**
 * Folder of the native library: `PUPPET_CNN_NATIVE`, or a folder in the user's cache.
 * It never depends on where the source lies, so a compiled binary finds the same folder.
 *
 * @param environment - lookup of an environment variable.
 * @param os - operating system as Deno names it.
 * @returns an absolute path; the folder need not exist.
 * @throws {BackendError} if no variable says where the cache is, or Deno may not say what a relative path starts from.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const home = (name: string) => name === "HOME" ? "/home/ada" : undefined;
 * assert.match(nativeDirectory(home, "linux"), /^\/home\/ada\/\.cache\/puppet-cnn\/native\//);
 * ```
 */
export function nativeDirectory(
  environment: (name: string) => string | undefined = (name) => Deno.env.get(name),
  os: typeof Deno.build.os = Deno.build.os,
): string {
  const chosen = environment(NATIVE_DIRECTORY_VARIABLE);
  // A path that is not absolute would be looked for beside the module that loads the library.
  if (chosen) return isAbsolute(chosen) ? chosen : resolveChosen(chosen);
  return join(
    toolkitCache(environment, os),
    "native",
    `${TFJS_NODE_VERSION}-${nativePlatform()}`,
  );
}

/**
 * Folder of what the toolkit keeps for its user outside of runs and data.
 *
 * @param environment - lookup of an environment variable.
 * @param os - operating system as Deno names it.
 * @returns an absolute path; the folder need not exist.
 * @throws {BackendError} if no variable says where the user's cache is.
 */
export function toolkitCache(
  environment: (name: string) => string | undefined = (name) => Deno.env.get(name),
  os: typeof Deno.build.os = Deno.build.os,
): string {
  return join(cacheDirectory(environment, os), "puppet-cnn");
}

function resolveChosen(chosen: string): string {
  try {
    return resolve(chosen);
  } catch (cause) {
    throw new BackendError(
      `Cannot find the native library in ${chosen}: the current folder is not known; ` +
        `set ${NATIVE_DIRECTORY_VARIABLE} to an absolute path, or run Deno with --allow-read`,
      { cause },
    );
  }
}

function cacheDirectory(
  environment: (name: string) => string | undefined,
  os: typeof Deno.build.os,
): string {
  if (os === "windows") {
    const local = environment("LOCALAPPDATA");
    if (local) return local;
  } else {
    const home = environment("HOME");
    // The XDG rules say that a relative path is to be ignored.
    const xdg = os === "darwin" ? undefined : environment("XDG_CACHE_HOME");
    if (xdg?.startsWith("/")) return xdg;
    if (home) return os === "darwin" ? join(home, "Library", "Caches") : join(home, ".cache");
  }
  throw new BackendError(
    "Cannot find the cache folder of the native library: neither " +
      `${os === "windows" ? "LOCALAPPDATA" : "HOME"} nor ${NATIVE_DIRECTORY_VARIABLE} is set; ` +
      `set ${NATIVE_DIRECTORY_VARIABLE} to a folder`,
  );
}

/**
 * Reads the manifest and compares the files' sizes with it.
 *
 * @param directory - folder to look in.
 * @returns the installation, or `null` where the folder holds no manifest.
 * @throws {BackendError} if the installation cannot be read, is damaged, or is made for another platform or version.
 */
export async function readNativeInstallation(
  directory: string = nativeDirectory(),
): Promise<NativeInstallation | null> {
  const manifestPath = join(directory, NATIVE_MANIFEST_NAME);
  let text: string;
  try {
    text = await Deno.readTextFile(manifestPath);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw unreadable(manifestPath, error);
  }
  const manifest = parseManifest(text, manifestPath);
  await Promise.all(manifest.files.map((file) => checkSize(directory, file)));
  return { directory, bindingPath: join(directory, manifest.binding), manifest };
}

function parseManifest(text: string, path: string): NativeManifest {
  let value: Partial<NativeManifest> | null;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(`${path} is not JSON`, cause);
  }
  if (value === null || typeof value !== "object" || value.format !== 1) {
    throw damaged(`${path} does not have format 1`);
  }
  if (value.platform !== nativePlatform()) {
    throw damaged(`${path} is for ${value.platform}, this machine is ${nativePlatform()}`);
  }
  if (value.tfjsNode !== TFJS_NODE_VERSION) {
    throw damaged(`${path} is for tfjs-node ${value.tfjsNode}, wanted is ${TFJS_NODE_VERSION}`);
  }
  const complete = typeof value.tensorflow === "string" && typeof value.binding === "string" &&
    (value.device === "cpu" || value.device === "gpu") && Array.isArray(value.archives) &&
    Array.isArray(value.files) && value.files.every(isNativeFile) &&
    value.files.some((file) => file.path === value.binding);
  if (!complete) throw damaged(`${path} lacks fields`);
  if (!value.files!.some((file) => file.path === `${DRIVER_FOLDER}/package.json`)) {
    throw damaged(`${path} is of an older version of the toolkit, without ${DRIVER_FOLDER}`);
  }
  return value as NativeManifest;
}

function isNativeFile(value: unknown): value is NativeFile {
  if (value === null || typeof value !== "object") return false;
  const { path, bytes, sha256 } = value as Partial<NativeFile>;
  // A path that leaves the folder would let a manifest load any library of the machine.
  return typeof path === "string" && !path.startsWith("/") && !path.split("/").includes("..") &&
    typeof bytes === "number" && typeof sha256 === "string";
}

async function checkSize(directory: string, file: NativeFile): Promise<void> {
  const path = join(directory, file.path);
  let size: number;
  try {
    size = (await Deno.stat(path)).size;
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw unreadable(path, cause);
    throw damaged(`${path} is missing`, cause);
  }
  if (size !== file.bytes) {
    throw damaged(`${path} has ${size} bytes, the manifest says ${file.bytes}`);
  }
}

/** An installation that the system does not let us read is none for `auto`, which goes on to the next backend. */
function unreadable(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof Deno.errors.NotCapable) return cause;
  if (!(cause instanceof Deno.errors.PermissionDenied)) {
    return damaged(`${path} cannot be read (${cause.message})`, cause);
  }
  return new BackendError(
    `Cannot use the native library: ${path} cannot be read (${cause.message}); give permission to read it, or ` +
      `set ${NATIVE_DIRECTORY_VARIABLE} to another folder`,
    { cause },
  );
}

function damaged(what: string, cause?: unknown): BackendError {
  return new BackendError(
    `Cannot use the native library: ${what}; install it again with ` +
      '"deno task install-native --force"',
    { cause },
  );
}
