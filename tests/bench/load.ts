import { Pool } from 'undici';

/**
 * Sends a fixed number of requests over a fixed number of connections and reports over IPC. Bounded in count, and each
 * request in time. Run as `load.ts <url> <path> <key>` with an IPC channel. Takes a `Round`; or `{ keys }`, which the requests
 * use in turn from then on; or `{ hold }`, which opens so many streams, reports when each has its first bytes, and leaves them
 * open until `{ hold: 0 }`.
 */
export interface Round {
  requests: number;
  connections: number;
  isStream: boolean;
}

const [origin = '', path = '', key = ''] = process.argv.slice(2);
let keys = [key];
let nextKey = 0;
let held: Pool | null = null;
const firstBytesMs = 20_000;
const message = { role: 'user', content: 'The quick brown fox jumps over the lazy dog. '.repeat(8) };

async function run({ requests, connections, isStream }: Round) {
  const pool = new Pool(origin, { connections, pipelining: 1, bodyTimeout: 30_000, headersTimeout: 30_000 });
  const body = JSON.stringify({ model: 'gpt-4o-mini', max_tokens: 100, stream: isStream, messages: [message] });
  const latenciesMs: number[] = [];
  let left = requests;
  let failures = 0;
  /** How often each status came that was not 200; 0: no answer. */
  const failed: Record<number, number> = {};

  const send = () =>
    new Promise<void>((resolve) => {
      const startMs = performance.now();
      let status = 0;
      const finish = (isOk: boolean) => {
        if (!isOk) {
          failures += 1;
          failed[status] = (failed[status] ?? 0) + 1;
        }
        latenciesMs.push(performance.now() - startMs);
        resolve();
      };
      pool.dispatch(
        { method: 'POST', path, headers: makeHeaders(), body },
        {
          onRequestStart: () => undefined,
          onResponseStart(_controller, code) {
            status = code;
          },
          onResponseData: () => undefined,
          onResponseEnd: () => finish(status === 200),
          onResponseError: () => finish(false),
        },
      );
    });
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  await pool.close();
  latenciesMs.sort((a, b) => a - b);
  return {
    failures,
    failed,
    p50Ms: latenciesMs[requests >> 1] ?? 0,
    p99Ms: latenciesMs[Math.floor(requests * 0.99)] ?? 0,
  };
}

function makeHeaders() {
  nextKey = (nextKey + 1) % keys.length;
  return { 'content-type': 'application/json', authorization: `Bearer ${keys[nextKey]}` };
}

/** Streams that wait behind their first bytes. */
async function hold(count: number): Promise<{ failures: number; reasons: string[] }> {
  await held?.destroy();
  held = null;
  if (count === 0) return { failures: 0, reasons: [] };
  const pool = new Pool(origin, { connections: count, pipelining: 1, bodyTimeout: 0, headersTimeout: firstBytesMs });
  held = pool;
  const body = JSON.stringify({
    model: 'gpt-4o-mini',
    max_tokens: 100,
    stream: true,
    user: 'wait',
    messages: [message],
  });
  const open = async () => {
    const answer = await pool.request({ method: 'POST', path, headers: makeHeaders(), body });
    if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
    const tooLate = setTimeout(() => answer.body.destroy(new Error('no bytes in time')), firstBytesMs);
    await new Promise((resolve, reject) => answer.body.once('data', resolve).once('error', reject));
    clearTimeout(tooLate);
    answer.body.on('error', () => undefined);
  };
  const opened = await Promise.allSettled(Array.from({ length: count }, open));
  const failed = opened.filter((result) => result.status === 'rejected');
  return { failures: failed.length, reasons: [...new Set(failed.map(({ reason }) => String(reason)))].slice(0, 5) };
}

process.on('message', (asked: Round | { keys: string[] } | { hold: number }) => {
  if ('keys' in asked) keys = asked.keys;
  else void ('hold' in asked ? hold(asked.hold) : run(asked)).then((result) => process.send?.(result));
});
process.send?.('ready');
