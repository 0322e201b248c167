import { dirname, join } from "node:path";
import { nativePlatform, TFJS_NODE_VERSION } from "../../lib/backends/native_cache.ts";
import { RefusedAddress, requestFollowing } from "../../lib/datasets/http_request.ts";
import { BackendError } from "../../lib/errors.ts";
import { ArchiveDigests, DIGESTS_ADVICE } from "./archive_digests.ts";
import { runTool } from "./run_tool.ts";
import type { StagedLibrary, StageOptions } from "./staged_library.ts";

/** Version of libtensorflow that the package's own binaries are linked to. */
const PREBUILT_TENSORFLOW_VERSION = "2.9.1";

/** Node-API version in the addresses and folders of the binding. */
const PREBUILT_NODE_API = "napi-v8";

const DEFAULT_STORAGE = "https://storage.googleapis.com/";

/** How long a host may take to answer before it counts as out of reach. */
const ANSWER_TIMEOUT_MILLISECONDS = 8_000;

/** Names in the two addresses, by platform; the package publishes no others for this version. */
const PREBUILT_PLATFORMS: Readonly<
  Record<string, { readonly library: string; readonly binding: string; readonly ending: string }>
> = {
  "linux-x86_64": { library: "gpu-linux-x86_64", binding: "GPU-linux", ending: "tar.gz" },
  "windows-x86_64": { library: "gpu-windows-x86_64", binding: "GPU-windows", ending: "zip" },
  "darwin-x86_64": { library: "cpu-darwin-x86_64", binding: "CPU-darwin", ending: "tar.gz" },
};

/**
 * The package's own addresses; `TFJS_NODE_CDN_STORAGE` and `TFJS_NODE_BASE_URI` name mirrors, as in its own
 * installation.
 *
 * @param platform - as `nativePlatform()` gives it.
 * @param environment - lookup of an environment variable.
 * @returns the addresses of libtensorflow and of the binding, or `null` where there are none.
 */
export function prebuiltAddresses(
  platform: string,
  environment: (name: string) => string | undefined,
): { readonly library: string; readonly binding: string } | null {
  const names = PREBUILT_PLATFORMS[platform];
  if (names === undefined) return null;
  const storage = environment("TFJS_NODE_CDN_STORAGE") || DEFAULT_STORAGE;
  const base = environment("TFJS_NODE_BASE_URI") ||
    `${storage}tensorflow/libtensorflow/libtensorflow-`;
  return {
    library: `${base}${names.library}-${PREBUILT_TENSORFLOW_VERSION}.${names.ending}`,
    binding: `${storage}tf-builds/pre-built-binary/${PREBUILT_NODE_API}/${TFJS_NODE_VERSION}/` +
      `${names.binding}-${TFJS_NODE_VERSION}.${names.ending}`,
  };
}

/**
 * Installs the binaries that tfjs-node-gpu publishes itself.
 *
 * @param options - folder to fill, where to report.
 * @returns what was put into the folder.
 * @throws {BackendError} if there are none for this platform or the hosts do not answer.
 */
export async function installPrebuilt(options: StageOptions): Promise<StagedLibrary> {
  const { directory, report } = options;
  const addresses = prebuiltAddresses(nativePlatform(), (name) => Deno.env.get(name));
  if (addresses === null) {
    throw new BackendError(`tfjs-node-gpu publishes no binaries for ${nativePlatform()}`);
  }
  const names = Object.values(addresses).map(nameOf);
  const unknown = names.filter((name) => !options.digests.has(name));
  if (unknown.length > 0) {
    throw new BackendError(
      `Cannot use ${unknown.join(" and ")}: no SHA-256 is pinned for it; ${DIGESTS_ADVICE}`,
    );
  }
  // The binding first: it is small, so that a missing one costs nothing.
  const bindingDirectory = join(directory, "lib", PREBUILT_NODE_API);
  const libraryDirectory = join(directory, "deps");
  const digests = new ArchiveDigests(options.digests);
  await fetchAndUnpack(addresses.binding, bindingDirectory, { report, digests });
  await fetchAndUnpack(addresses.library, libraryDirectory, { report, digests });
  await removeIfThere(join(libraryDirectory, "include"));
  if (Deno.build.os === "windows") {
    // Windows looks for libraries beside the one that needs them.
    const name = "tensorflow.dll";
    await Deno.rename(join(libraryDirectory, "lib", name), join(bindingDirectory, name));
  }
  const found = await findBinding(directory);
  return {
    source: "prebuilt",
    tensorflow: PREBUILT_TENSORFLOW_VERSION,
    device: Deno.build.os === "darwin" ? "cpu" : "gpu",
    binding: found,
    compiler: null,
    archives: digests.archives,
  };
}

/** The archive holds the binding either at its top or in a folder named after the Node-API version. */
async function findBinding(directory: string): Promise<string> {
  const flat = `lib/${PREBUILT_NODE_API}/tfjs_binding.node`;
  const nested = `lib/${PREBUILT_NODE_API}/${PREBUILT_NODE_API}/tfjs_binding.node`;
  for (const path of [flat, nested]) {
    try {
      await Deno.stat(join(directory, path));
    } catch {
      continue;
    }
    // Its search path is relative to this place.
    if (path === nested) {
      await Deno.rename(join(directory, nested), join(directory, flat));
      await Deno.remove(join(directory, dirname(nested)), { recursive: true });
    }
    return flat;
  }
  throw new BackendError("Cannot use the binaries: the archive holds no tfjs_binding.node");
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function nameOf(address: string): string {
  return address.split("/").at(-1)!;
}

async function fetchAndUnpack(
  address: string,
  directory: string,
  { report, digests }: {
    readonly report: (line: string) => void;
    readonly digests: ArchiveDigests;
  },
): Promise<void> {
  const name = nameOf(address);
  const archive = join(dirname(directory), name);
  await Deno.mkdir(directory, { recursive: true });
  report(`Fetching ${address}`);
  await fetchFile(address, archive);
  await digests.check(archive);
  digests.refuseMissing();
  // tar finds the compression out by itself, and the tar of Windows reads zip files.
  await runTool(["tar", "-xf", archive, "-C", directory], { purpose: `unpack ${name}` });
  await Deno.remove(archive);
}

/**
 * Refuses an address that anybody on the way could answer for.
 *
 * @param address - where a library is to come from.
 * @throws {BackendError} if it is no https address.
 */
export function requireHttps(address: string): void {
  if (URL.canParse(address) && new URL(address).protocol === "https:") return;
  throw new BackendError(
    `Cannot fetch ${address}: a library is taken from https addresses only; check TFJS_NODE_CDN_STORAGE and ` +
      "TFJS_NODE_BASE_URI",
  );
}

async function fetchFile(address: string, path: string): Promise<void> {
  requireHttps(address);
  const aborter = new AbortController();
  const timer = setTimeout(() => aborter.abort(), ANSWER_TIMEOUT_MILLISECONDS);
  let response: Response;
  try {
    // It follows no redirect to http.
    response = await requestFollowing(address, { headers: {}, signal: aborter.signal });
  } catch (cause) {
    if (cause instanceof RefusedAddress) throw new BackendError(`${address}: ${cause.message}`);
    const host = new URL(address).host;
    throw new BackendError(`${host} does not answer`, { cause });
  } finally {
    clearTimeout(timer);
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new BackendError(`${address} answers ${response.status} ${response.statusText}`);
  }
  const file = await Deno.open(path, { write: true, create: true, truncate: true });
  try {
    await response.body.pipeTo(file.writable);
  } catch (cause) {
    throw new BackendError(`${address} broke off`, { cause });
  }
}
