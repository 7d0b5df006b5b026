import { Agent, request as httpRequest } from 'node:http';
import { loadOptions, runOrder, type SteadyReport, type Tenant } from './messages.ts';

/**
 * The steady load of ordinary clients: each tenant sends one request every `intervalMs`, also if the one before is
 * still open (open loop), so that a service that hangs shows as late answers and not as fewer requests.
 */
const intervalMs = 125;
const deadlineMs = 10_000;

const { baseUrl, tenants } = loadOptions.parse(JSON.parse(process.argv[2] ?? '{}'));

interface Sample {
  ms: number;
  failure: string | null;
}
interface Call {
  method: 'GET' | 'POST';
  path: string;
  body?: object;
  credential(tenant: Tenant): string;
}

const byKey = ({ apiKey }: Tenant) => apiKey;
const chat = (extra: object): Call => ({
  method: 'POST',
  path: '/v1/chat/completions',
  body: { model: 'hostile', max_tokens: 5, messages: [{ role: 'user', content: 'hello' }], ...extra },
  credential: byKey,
});
/** In turn: mostly chats, as clients do, and the management API that a page of figures asks. */
const calls: readonly Call[] = [
  chat({}),
  chat({ stream: true }),
  { method: 'GET', path: '/v1/models', credential: byKey },
  chat({}),
  { method: 'GET', path: '/v1/users/profile', credential: ({ accessToken }) => accessToken },
  chat({ stream: true }),
  { method: 'GET', path: '/v1/billing/balance', credential: byKey },
];

const agents = new Map(tenants.map((one) => [one, new Agent({ keepAlive: true, localAddress: one.address })]));

function send(tenant: Tenant, call: Call): Promise<Sample> {
  const dueMs = performance.now();
  const payload = call.body === undefined ? undefined : JSON.stringify(call.body);
  return new Promise((resolve) => {
    let ms = deadlineMs;
    const end = (failure: string | null) => {
      clearTimeout(timer);
      resolve({ ms, failure });
    };
    const sent = httpRequest(
      `${baseUrl}${call.path}`,
      {
        method: call.method,
        agent: agents.get(tenant),
        headers: {
          authorization: `Bearer ${call.credential(tenant)}`,
          ...(payload === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        },
      },
      (answer) => {
        ms = performance.now() - dueMs;
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          text = (text + part).slice(-500);
        });
        answer.once('end', () => end(judge(call, answer.statusCode ?? 0, text)));
        answer.once('error', (error) => end(`${call.path}: ${error.message}`));
      },
    );
    const timer = setTimeout(() => sent.destroy(new Error('no answer within 10 s')), deadlineMs);
    sent.once('error', (error) => end(`${call.path}: ${error.message}`));
    sent.end(payload);
  });
}

/** Null for a whole answer. */
function judge(call: Call, status: number, text: string): string | null {
  if (status !== 200) return `${call.path}: ${status} ${text}`;
  const isStream = call.body !== undefined && 'stream' in call.body;
  return isStream && !text.endsWith('data: [DONE]\n\n') ? `${call.path}: a stream without its end` : null;
}

async function run(seconds: number): Promise<SteadyReport> {
  const sent: Promise<Sample>[] = [];
  let turn = 0;
  const endMs = performance.now() + seconds * 1000;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (performance.now() >= endMs) {
        clearInterval(timer);
        resolve();
        return;
      }
      const call = calls[turn % calls.length];
      turn += 1;
      if (call !== undefined) sent.push(...tenants.map((tenant) => send(tenant, call)));
    }, intervalMs);
  });
  const samples = await Promise.all(sent);
  const times = samples.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  const failures = samples.flatMap(({ failure }) => failure ?? []);
  return { requests: samples.length, failures, p50Ms: at(0.5), p99Ms: at(0.99) };
}

process.on('message', async (message) => {
  process.send?.(await run(runOrder.parse(message).seconds));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
