import { Agent, request } from 'undici';

/** What became of one stream, as its client saw it. */
export interface SeenStream {
  requestId: string | null;
  status: number | null;
  /** Pieces of text that came. */
  tokens: number;
  /** It ended in `[DONE]`. */
  isWhole: boolean;
  /** It ended in an `error` event; its code. */
  errorCode: string | null;
  /** The connection broke before either. */
  isTorn: boolean;
  /** Longest silence between two pieces, in milliseconds; comments are none. */
  gapMsMax: number;
}

export interface StreamOptions {
  baseUrl: string;
  apiKey: string;
  model: string;
  tokensMax: number;
  /** Called with each piece. */
  onToken?(): void;
}

const headersTimeoutMs = 60_000;
const silenceMsMax = 60_000;

/** Opens a stream and reads it to any kind of end. Never rejects. */
export async function readStream(agent: Agent, options: StreamOptions): Promise<SeenStream> {
  const seen: SeenStream = {
    ...{ requestId: null, status: null, tokens: 0, isWhole: false, errorCode: null, isTorn: false, gapMsMax: 0 },
  };
  try {
    const answer = await request(`${options.baseUrl}/v1/chat/completions`, {
      dispatcher: agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${options.apiKey}` },
      body: JSON.stringify({
        model: options.model,
        stream: true,
        max_tokens: options.tokensMax,
        messages: [{ role: 'user', content: `Count to ${options.tokensMax}, slowly. ${crypto.randomUUID()}` }],
      }),
      headersTimeout: headersTimeoutMs,
      bodyTimeout: silenceMsMax,
    });
    seen.status = answer.statusCode;
    seen.requestId = String(answer.headers['x-request-id'] ?? '') || null;
    await readEvents(answer.body, seen, options.onToken);
  } catch {
    seen.isTorn = true;
  }
  return seen;
}

async function readEvents(
  body: AsyncIterable<Buffer>,
  seen: SeenStream,
  onToken: (() => void) | undefined,
): Promise<void> {
  let rest = '';
  let lastMs = performance.now();
  for await (const chunk of body) {
    rest += String(chunk);
    const events = rest.split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      if (event.includes('[DONE]')) seen.isWhole = true;
      const errorCode = /"error":\{.*?"code":"([a-z_]+)"/.exec(event)?.[1];
      if (errorCode !== undefined) seen.errorCode = errorCode;
      if (!/"content":"[^"]/.test(event)) continue;
      const nowMs = performance.now();
      if (seen.tokens > 0) seen.gapMsMax = Math.max(seen.gapMsMax, nowMs - lastMs);
      lastMs = nowMs;
      seen.tokens += 1;
      onToken?.();
    }
  }
  if (!seen.isWhole && seen.errorCode === null) seen.isTorn = true;
}

/** Connections enough for every stream at once. */
export function createStreamAgent(connections: number): Agent {
  return new Agent({ connections, pipelining: 1, connect: { timeout: 10_000 } });
}
