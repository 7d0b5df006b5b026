import { createServer, type Server, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toAppError } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readJsonBytes } from './read-body.ts';

const bytesMax = 100_000;

describe('the body of a request', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => {
      readJsonBytes(request, bytesMax).then(
        (body) => response.end(body),
        (error: unknown) => response.writeHead(toAppError(error).entry.status, { connection: 'close' }).end(),
      );
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  async function post(pieces: readonly Buffer[], headers: Record<string, string>) {
    const { port } = server.address() as AddressInfo;
    return new Promise<{ status: number; body: string }>((resolve, reject) => {
      const sent = sendRequest({ port, method: 'POST', headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      }).once('error', reject);
      const next = (at: number): void => {
        const piece = pieces[at];
        if (piece === undefined) sent.end();
        else sent.write(piece, () => setImmediate(() => next(at + 1)));
      };
      next(0);
    });
  }

  const text = 'привет '.repeat(6000);
  const whole = Buffer.from(text);
  const pieces = [whole.subarray(0, 7), whole.subarray(7, 50_001), whole.subarray(50_001)];

  it.each([
    ['one piece of a declared length', [whole], { 'content-length': String(whole.length) }],
    ['pieces of a declared length', pieces, { 'content-length': String(whole.length) }],
    ['pieces of no declared length', pieces, {}],
    ['nothing', [], { 'content-length': '0' }],
  ])('is read whole from %s', async (_name, sent, headers) => {
    expect(await post(sent, headers)).toEqual({ status: 200, body: Buffer.concat(sent).toString() });
  });

  it('is refused beyond the limit, declared or not', async () => {
    const large = Buffer.alloc(bytesMax + 1, 'x');

    expect((await post([large], {})).status).toBe(413);
    expect((await post([], { 'content-length': String(bytesMax + 1), expect: '100-continue' })).status).toBe(413);
  });
});
