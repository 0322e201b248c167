/** How the server treats one request; all by default as a good server does. */
export interface ServerBehaviour {
  /** Content of the file. */
  readonly content?: Uint8Array;
  /** ETag header; `null` for none. */
  readonly etag?: string | null;
  /** Breaks the connection after so many bytes of the body. */
  readonly dropAfter?: number;
  /** Stops sending after so many bytes, without closing. */
  readonly stallAfter?: number;
  /** Sends a byte at a time, with so many milliseconds in between. */
  readonly dripEvery?: number;
  /** Sends the whole file, whatever range is asked for. */
  readonly ignoresRange?: boolean;
  /** Continues the file without looking at If-Range. */
  readonly ignoresIfRange?: boolean;
  /** Sends the range one byte further on than was asked. */
  readonly shiftsRange?: boolean;
  /** Answers so instead. */
  readonly response?: () => Response;
}

/** A request that arrived. */
export interface LoggedRequest {
  readonly path: string;
  readonly range: string | null;
  readonly ifRange: string | null;
}

/** A running server. */
export interface FileServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly requests: LoggedRequest[];
}

/**
 * Starts an HTTP server on this machine that serves one file in good and bad ways.
 *
 * @param behave Called for each request with its number (from 0) and path.
 */
export function startFileServer(
  behave: (number: number, path: string) => ServerBehaviour,
): FileServer {
  const requests: LoggedRequest[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const path = new URL(request.url).pathname;
      const range = request.headers.get("range");
      const ifRange = request.headers.get("if-range");
      requests.push({ path, range, ifRange });
      return answer(behave(requests.length - 1, path), { range, ifRange });
    },
  );
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
    },
  };
}

function answer(
  behaviour: ServerBehaviour,
  request: { readonly range: string | null; readonly ifRange: string | null },
): Response {
  if (behaviour.response) return behaviour.response();
  const { content = new Uint8Array(0), etag = '"v1"' } = behaviour;
  const headers: Record<string, string> = etag === null ? {} : { etag };
  const start = Number(/^bytes=(\d+)-$/.exec(request.range ?? "")?.[1] ?? NaN);
  const isCurrent = request.ifRange === null || request.ifRange === etag ||
    behaviour.ignoresIfRange === true;
  if (Number.isNaN(start) || !isCurrent || behaviour.ignoresRange) {
    headers["content-length"] = `${content.length}`;
    return new Response(bodyOf(content, behaviour), { headers });
  }
  if (start >= content.length) {
    headers["content-range"] = `bytes */${content.length}`;
    return new Response(null, { status: 416, headers });
  }
  const begin = start + (behaviour.shiftsRange ? 1 : 0);
  const rest = content.subarray(begin);
  headers["content-length"] = `${rest.length}`;
  headers["content-range"] = `bytes ${begin}-${content.length - 1}/${content.length}`;
  return new Response(bodyOf(rest, behaviour), { status: 206, headers });
}

/** The body byte by byte: never silent, and never done. */
function dripping(content: Uint8Array, milliseconds: number): BodyInit {
  let at = 0;
  let pause: ReturnType<typeof setTimeout> | undefined;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => pause = setTimeout(resolve, milliseconds));
      controller.enqueue(content.slice(at, ++at));
    },
    cancel: () => clearTimeout(pause),
  });
}

/** The body in pieces; breaks off or falls silent where told. */
function bodyOf(content: Uint8Array, behaviour: ServerBehaviour): BodyInit {
  const { dropAfter, stallAfter, dripEvery } = behaviour;
  if (dripEvery !== undefined) return dripping(content, dripEvery);
  const limit = dropAfter ?? stallAfter;
  if (limit === undefined || limit >= content.length) return new Uint8Array(content);
  let at = 0;
  let silence: ReturnType<typeof setTimeout> | undefined;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (at < limit) {
        const piece = content.slice(at, Math.min(limit, at + 1000));
        at += piece.length;
        controller.enqueue(piece);
      } else if (dropAfter !== undefined) {
        // Less than content-length promised: the server has to break the connection.
        controller.close();
      } else {
        await new Promise((resolve) => silence = setTimeout(resolve, 60_000));
      }
    },
    cancel: () => clearTimeout(silence),
  });
}
