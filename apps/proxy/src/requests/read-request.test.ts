import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request as sendRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** As the chart sets it for a proxy of 1 GiB. */
const heapMebibytes = 768;
const bodyBytes = 19_000_000;

const toBody = (content: string, metadata = '0') =>
  Buffer.from(`{"model":"m","messages":[{"role":"user","content":"${content}"}],"metadata":{"x":${metadata}}}`);
const fill = (unit: string, bytes = bodyBytes) => unit.repeat(Math.floor(bytes / unit.length));
const small = toBody('hello');

const bodies = {
  'empty objects': toBody('x', `[${fill('{},')}{}]`),
  'empty lists': toBody('x', `[${fill('[],')}[]]`),
  numbers: toBody('x', `[${fill('1,')}1]`),
  'plain text': toBody(fill('hello world ')),
  'text with one wide character': toBody(`\u4e16${fill('hello world ')}`),
  escapes: toBody(fill('\\n\\"\\\\')),
  'as many objects with different names as are accepted': toBody(
    fill('y', 10_000_000),
    `[${Array.from({ length: 99_000 }, (_, at) => `{"k${at}":"${'v'.repeat(60)}","l${at}":1.5}`).join(',')}]`,
  ),
  'as many messages as are taken': Buffer.from(
    JSON.stringify({
      model: 'm',
      messages: Array.from({ length: 20_000 }, (_, at) => ({
        role: 'user',
        content: [{ type: 'text', text: `${at} ${'x'.repeat(800)}` }],
      })),
    }),
  ),
};

interface Answer {
  readonly status: number;
  readonly ms: number;
}

describe('a proxy with the heap of the chart', () => {
  let child: ChildProcess;
  let port: number;

  beforeAll(async () => {
    const script = new URL('../testing/serve-bodies.ts', import.meta.url).pathname;
    const flags = [`--max-old-space-size=${heapMebibytes}`, '--disable-warning=ExperimentalWarning'];
    child = spawn(process.execPath, [...flags, script], { stdio: ['ignore', 'pipe', 'inherit'], env: {} });
    const [line] = await once(child.stdout ?? child, 'data');
    port = Number(String(line));
  });
  afterAll(() => {
    child.kill();
  });

  function post(body: Buffer, key: string): Promise<Answer> {
    const startedMs = performance.now();
    return new Promise((resolve) => {
      const headers = { 'content-type': 'application/json', 'content-length': body.length, 'x-key': key };
      const sent = sendRequest({ port, method: 'POST', headers, agent: false });
      const finish = (status: number) => resolve({ status, ms: performance.now() - startedMs });
      // A refusal may close the connection before the body is sent.
      sent.once('error', () => finish(0));
      sent.once('response', (response) => response.resume().once('end', () => finish(response.statusCode ?? 0)));
      sent.end(body);
    });
  }

  it.each(Object.entries(bodies))(
    'survives 20 bodies of 19 MB at once with %s, and serves others (I12)',
    async (_name, body) => {
      expect((await post(body, 'alone')).status).toBeLessThan(500);
      const heavy = Array.from({ length: 20 }, (_, at) => post(body, `key ${at % 5}`));
      const others: Answer[] = [];
      for (let at = 0; at < 10; at += 1) others.push(await post(small, 'other'));
      const answers = await Promise.all(heavy);

      expect(child.exitCode).toBeNull();
      expect(others.map(({ status }) => status)).toEqual(new Array(10).fill(200));
      expect(answers.filter(({ status }) => ![0, 200, 413, 429, 503].includes(status))).toEqual([]);
      expect((await post(small, 'other')).status).toBe(200);
    },
  );
});
