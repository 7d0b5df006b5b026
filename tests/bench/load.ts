import { Pool } from 'undici';

/**
 * Sends a fixed number of requests over a fixed number of connections and reports over IPC. Bounded in count, and each
 * request in time. Run as `load.ts <url> <path> <key>` with an IPC channel; takes `{ requests, connections, isStream }`.
 */
interface Round {
  requests: number;
  connections: number;
  isStream: boolean;
}

const [origin = '', path = '', key = ''] = process.argv.slice(2);
const message = { role: 'user', content: 'The quick brown fox jumps over the lazy dog. '.repeat(8) };

async function run({ requests, connections, isStream }: Round) {
  const pool = new Pool(origin, { connections, pipelining: 1, bodyTimeout: 30_000, headersTimeout: 30_000 });
  const body = JSON.stringify({ model: 'gpt-4o-mini', max_tokens: 100, stream: isStream, messages: [message] });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const latenciesMs: number[] = [];
  let left = requests;
  let failures = 0;

  const send = () =>
    new Promise<void>((resolve) => {
      const startMs = performance.now();
      let status = 0;
      const finish = (isOk: boolean) => {
        if (!isOk) failures += 1;
        latenciesMs.push(performance.now() - startMs);
        resolve();
      };
      pool.dispatch(
        { method: 'POST', path, headers, body },
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
  return { failures, p50Ms: latenciesMs[requests >> 1] ?? 0, p99Ms: latenciesMs[Math.floor(requests * 0.99)] ?? 0 };
}

process.on('message', (round: Round) => {
  void run(round).then((result) => process.send?.(result));
});
process.send?.('ready');
