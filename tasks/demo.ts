/**
 * `deno task demo`: the page that shows the shipped model at work, built, written and served on this machine.
 */
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withStopSignals } from "../cli/stop_signals.ts";
import { TOOLKIT_VERSION } from "../lib/runs/toolkit_version.ts";
import { UsageError } from "../lib/errors.ts";
import { toolkitFile } from "../lib/files/toolkit_file.ts";
import { withTemporaryFolder } from "../lib/files/with_temporary_folder.ts";
import { exportPage } from "../lib/runs/export_page.ts";
import { buildPage } from "./build_page.ts";
import { readTaskArguments, refusePositionals, runTask } from "./task_options.ts";

const HELP = `Shows the shipped model at work in a page.

Usage: deno task demo [options]

Options:
  --run <folder>  run or exported model to show (default: models/puppet-cnn-cifar10)
  --port <port>   port to serve on, this machine only (default: any that is free)`;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

/** Answers with the files of a folder. */
async function answer(folder: string, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const name = pathname === "/" ? "index.html" : pathname.slice(1);
  // Four files lie side by side; nothing else is asked for.
  if (!/^[\w.]+$/.test(name)) return new Response("not found", { status: 404 });
  try {
    const content = await Deno.readFile(join(folder, name));
    return new Response(content, {
      headers: { "content-type": TYPES[extname(name)] ?? "application/octet-stream" },
    });
  } catch {
    return new Response("not found", { status: 404 });
  }
}

async function demo(): Promise<void> {
  const { values, positionals } = readTaskArguments(HELP, {
    run: { type: "string" },
    port: { type: "string", default: "0" },
  });
  refusePositionals(positionals);
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new UsageError(`--port must be a number of 0 to 65535, current value is ${values.port}`);
  }
  requireFreePort(port);
  await buildPage();
  const runDirectory = values.run ?? fileURLToPath(toolkitFile("models/puppet-cnn-cifar10"));
  // However it is ended, the folder goes.
  await withStopSignals((signal) =>
    withTemporaryFolder(
      (folder) => serveModel(runDirectory, { page: join(folder, "page"), port, signal }),
      { prefix: "puppet-demo-" },
    ), () => {});
}

/** Only this machine is served. */
const HOSTNAME = "127.0.0.1";

/** Before the page is built, which takes a while. */
function requireFreePort(port: number): void {
  try {
    Deno.listen({ hostname: HOSTNAME, port }).close();
  } catch (error) {
    const isTaken = error instanceof Deno.errors.AddrInUse;
    if (!isTaken && !(error instanceof Deno.errors.PermissionDenied)) throw error;
    throw new UsageError(
      `Cannot serve on port ${port}: ${
        isTaken ? "another program uses it" : "the system gives no permission"
      }; name another (--port), or leave it out`,
      { cause: error },
    );
  }
}

/** Writes the page of a model and serves it until a signal. */
async function serveModel(
  runDirectory: string,
  { page, port, signal }: {
    readonly page: string;
    readonly port: number;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  await exportPage({
    ...{ runDirectory, directory: page, checkpoint: "auto", version: TOOLKIT_VERSION },
  });
  const server = Deno.serve({
    ...{ hostname: HOSTNAME, port, signal },
    onListen: (address) =>
      console.log(`open http://127.0.0.1:${address.port}/ in a browser; Ctrl+C ends it`),
  }, (request) => answer(page, request));
  await server.finished;
}

if (import.meta.main) await runTask(demo);
