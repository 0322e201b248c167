import assert from "node:assert/strict";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** Path of a Chromium on this machine, or `null` where there is none. */
export const browserPath: string | null = (() => {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  for (const name of NAMES) {
    for (const folder of folders) {
      try {
        if (Deno.statSync(`${folder}/${name}`).isFile) return `${folder}/${name}`;
      } catch {
        // Not here.
      }
    }
  }
  return null;
})();

/** How a page is looked at. */
export interface PageView {
  /** Width of the window in CSS pixels. */
  readonly width: number;
  /** Height of the window in CSS pixels. */
  readonly height: number;
  /** The reader prefers dark colours. */
  readonly dark?: boolean;
  /** The page as it would be printed. */
  readonly print?: boolean;
}

/** A part of a page in CSS pixels. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An open page. */
export interface Page {
  /** Errors and warnings of the console, exceptions, requests that were made or refused. */
  readonly complaints: readonly string[];
  /** Everything that the page asked for, the page itself first. */
  readonly requests: readonly string[];
  /** Evaluates JavaScript in the page; a promise is waited for. */
  evaluate<Value>(expression: string): Promise<Value>;
  /** The page, or a part of it in CSS pixels, as PNG. */
  screenshot(part?: Rectangle): Promise<Uint8Array>;
}

/** A running browser without a window. */
export interface Browser {
  /** Opens a page and waits until it is loaded. */
  open(url: string, view: PageView): Promise<Page>;
  /** Ends the browser with all its processes and removes its profile. */
  close(): Promise<void>;
}

type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
};

/** Chromium's protocol over its WebSocket: calls with answers, and events. */
class Connection {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  readonly #listeners = new Set<(message: Message) => void>();
  #calls = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(String(data)));
    socket.onclose = () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the browser has ended"));
    };
  }

  #receive(message: Message): void {
    if (message.id === undefined) {
      for (const listener of this.#listeners) listener(message);
      return;
    }
    const call = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error !== undefined) call?.reject(new Error(message.error.message));
    else call?.resolve(message.result ?? {});
  }

  listen(listener: (message: Message) => void): void {
    this.#listeners.add(listener);
  }

  call(
    method: string,
    params?: Record<string, unknown>,
    sessionId?: string,
  ): Promise<Record<string, unknown>> {
    const id = ++this.#calls;
    const answer = Promise.withResolvers<Record<string, unknown>>();
    this.#waiting.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params, ...sessionId && { sessionId } }));
    return answer.promise;
  }

  async close(): Promise<void> {
    const closed = Promise.withResolvers<void>();
    this.#socket.onclose = () => closed.resolve();
    this.#socket.close();
    await closed.promise;
  }
}

/** Reads stderr until the browser says where it listens, and goes on reading so that it never blocks. */
async function findAddress(
  stderr: ReadableStream<Uint8Array>,
): Promise<{ readonly address: string; readonly rest: Promise<void> }> {
  const found = Promise.withResolvers<string>();
  const rest = (async () => {
    let text = "";
    for await (const chunk of stderr) {
      text += new TextDecoder().decode(chunk);
      const address = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
      if (address !== undefined) found.resolve(address);
    }
    found.reject(new Error(`the browser did not start: ${text.slice(-1000)}`));
  })();
  return { address: await found.promise, rest };
}

function complaintOf({ method, params }: Message): string | null {
  if (method === "Runtime.exceptionThrown") return JSON.stringify(params);
  if (method === "Log.entryAdded") return JSON.stringify(params?.entry);
  if (method === "Runtime.consoleAPICalled") return JSON.stringify(params?.args);
  return null;
}

async function setView(send: Connection["call"], view: PageView): Promise<void> {
  const { width, height, dark = false, print = false } = view;
  const mobile = width < 600;
  const scale = { deviceScaleFactor: 1, mobile };
  await send("Emulation.setDeviceMetricsOverride", { width, height, ...scale });
  await send("Emulation.setEmulatedMedia", {
    media: print ? "print" : "screen",
    features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }],
  });
}

async function openPage(connection: Connection, url: string, view: PageView): Promise<Page> {
  const { targetId } = await connection.call("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await connection.call("Target.attachToTarget", { targetId, flatten: true });
  const send = (method: string, params: Record<string, unknown> = {}) =>
    connection.call(method, params, sessionId as string);
  const [complaints, requests]: [string[], string[]] = [[], []];
  const loaded = Promise.withResolvers<void>();
  connection.listen((message) => {
    if (message.sessionId !== sessionId) return;
    const complaint = complaintOf(message);
    if (complaint !== null) complaints.push(complaint);
    if (message.method === "Page.loadEventFired") loaded.resolve();
    if (message.method === "Network.requestWillBeSent") {
      const { url } = message.params?.request as { readonly url: string };
      if (!url.startsWith("data:")) requests.push(url);
    }
  });
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await send(`${domain}.enable`);
  await setView(send, view);
  await send("Page.navigate", { url });
  await loaded.promise;
  return {
    complaints,
    requests,
    async evaluate<Value>(expression: string) {
      const answer = await send("Runtime.evaluate", {
        expression,
        returnByValue: true,
        awaitPromise: true,
      });
      assert.equal(answer.exceptionDetails, undefined, JSON.stringify(answer.exceptionDetails));
      return (answer.result as { readonly value: Value }).value;
    },
    async screenshot(part) {
      const clip = part === undefined ? {} : { clip: { ...part, scale: 1 } };
      const answer = await send("Page.captureScreenshot", {
        captureBeyondViewport: true,
        ...clip,
      });
      return Uint8Array.fromBase64(answer.data as string);
    },
  };
}

/** Starts a Chromium of its own, with a profile of its own. */
export async function startBrowser(): Promise<Browser> {
  assert.ok(browserPath !== null);
  const profile = await Deno.makeTempDir({ prefix: "browser-" });
  const process = new Deno.Command(browserPath, {
    args: [
      "--headless",
      "--no-sandbox",
      "--no-zygote",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--hide-scrollbars",
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
      "about:blank",
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const { address, rest } = await findAddress(process.stderr);
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const connection = new Connection(socket);
  return {
    open: (url, view) => openPage(connection, url, view),
    async close() {
      await connection.call("Browser.close").catch(() => {});
      await connection.close();
      await process.status;
      await rest;
      await Deno.remove(profile, { recursive: true });
    },
  };
}
