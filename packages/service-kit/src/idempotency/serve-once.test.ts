import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { AppError } from '@aggregator/contracts';
import { createMemoryClaimStore } from '@aggregator/expiring-store';
import { waitFor } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openAnswer, sealAnswer } from './sealed-answer.ts';
import { OnceServer } from './serve-once.ts';

type Work = (response: ServerResponse) => Promise<void>;

const body = Buffer.from('{}');
const bounds = {
  keptMs: 86_400_000,
  entriesMax: 9,
  tenantEntriesMax: 9,
  bytesMax: 1e8,
  tenantBytesMax: 1e8,
  valueBytesMax: 1e7,
};

let timeMs = 0;
let server: Server;
let url: string;
let works: number;
let work: Work;
let errors: unknown[];
/** Each request is served by another process on the same claims. */
let processes: OnceServer[];

beforeEach(async () => {
  timeMs = 0;
  works = 0;
  errors = [];
  const claims = createMemoryClaimStore({ ...bounds, now: () => timeMs });
  const onError = (error: unknown) => void errors.push(error);
  processes = [1, 2].map(() => new OnceServer({ claims, answerBytesMax: 1e6, recordingBytesMax: 8e6, onError }));
  let count = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    count += 1;
    const once = {
      ...{ tenant: 'org', endpoint: 'POST /', key: 'k', body, secret: '', requestId: `r${count}`, request, response },
      judge: ({ status, isWhole }: { status: number; isWhole: boolean }) =>
        isWhole && status < 400 ? ('keep' as const) : ('release' as const),
    };
    try {
      await processes[count % 2]?.serve(once, async (recorded) => {
        works += 1;
        await work(recorded);
      });
    } catch (error) {
      response.writeHead(error instanceof AppError ? error.entry.status : 500);
      response.end(error instanceof AppError ? error.code : String(error));
    }
  };
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function ask() {
  const answer = await fetch(url, { method: 'POST' });
  return { status: answer.status, kind: answer.headers.get('x-kind'), text: await answer.text() };
}

describe('work that is done once', () => {
  it('is in progress for its lease after its process died, and never done again (I8)', async () => {
    work = () => new Promise(() => undefined);
    void fetch(url, { method: 'POST' }).catch(() => undefined);
    await waitFor(() => works === 1, { describe: 'the work' });
    timeMs = 59_999;
    expect(await ask()).toMatchObject({ status: 409, text: 'idempotency_in_progress' });
    timeMs = 60_000;
    expect(await ask()).toMatchObject({ status: 409, text: 'idempotency_answer_lost' });
    timeMs = 86_399_999;
    expect(await ask()).toMatchObject({ status: 409, text: 'idempotency_answer_lost' });
    expect(works).toBe(1);
  });

  it('gives status, headers and body again for 24 hours', async () => {
    work = async (response) => {
      response.setHeader('x-kind', 'a');
      response.writeHead(201, { 'content-type': 'text/plain' });
      response.write('one ');
      response.end('two');
    };
    const first = await ask();
    timeMs = 86_399_999;
    expect(first).toEqual({ status: 201, kind: 'a', text: 'one two' });
    expect(await ask()).toEqual(first);
    timeMs = 86_400_000;
    await ask();
    expect(works).toBe(2);
  });

  it('is kept before the client has the end of the answer, so that a repeat never comes too early', async () => {
    work = async (response) => void response.writeHead(200).end('x');
    for (let turn = 0; turn < 20; turn += 1) expect((await ask()).status).toBe(200);
    expect(works).toBe(1);
  });

  it('is kept before the client has all that the head declared', async () => {
    work = async (response) => {
      response.writeHead(200, ['content-length', '4']);
      response.write('one');
      response.write('2');
      await new Promise((resolve) => setImmediate(resolve));
      response.end();
    };
    for (let turn = 0; turn < 5; turn += 1) expect(await ask()).toMatchObject({ status: 200, text: 'one2' });
    expect(works).toBe(1);
  });

  it('is free again if it throws before its head, and torn off if it throws behind it', async () => {
    work = () => Promise.reject(new AppError('model_not_found'));
    expect((await ask()).status).toBe(404);
    work = (response) => {
      response.writeHead(200).write('x');
      return Promise.reject(new Error('broke'));
    };
    await expect(ask()).rejects.toThrow();
    expect(errors).toHaveLength(1);
    work = async (response) => void response.writeHead(200).end('x');
    expect(await ask()).toMatchObject({ status: 200, text: 'x' });
  });

  it('continues if its client leaves while the answer waits for that client to read', async () => {
    const piece = 'x'.repeat(64 * 1024);
    let pieces = 0;
    work = async (response) => {
      response.writeHead(200);
      for (; pieces < 15; pieces += 1) {
        if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve));
      }
      response.end();
    };
    const { port } = server.address() as AddressInfo;
    const client = connect(port, '127.0.0.1').pause();
    client.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n');
    await waitFor(() => pieces > 0, { describe: 'the first piece' });
    client.destroy();
    let again = await ask();
    await waitFor(
      async () => {
        again = await ask();
        return again.status === 200;
      },
      { describe: 'the answer' },
    );
    expect(again.text).toBe(piece.repeat(15));
    expect(works).toBe(1);
  });

  it('is not recorded beyond the room of its process', async () => {
    work = async (response) => void response.writeHead(200).end('x'.repeat(1_000_001));
    expect((await ask()).text).toHaveLength(1_000_001);
    expect(await ask()).toMatchObject({ status: 409, text: 'idempotency_answer_lost' });
  });
});

describe('a kept answer', () => {
  it('is read only with the key that it was sealed with, and shows nothing without it', async () => {
    const answer = { status: 200, headers: { 'set-cookie': ['a', 'b'] }, body: Buffer.from('OPAL') };
    const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const sealed = await sealAnswer(answer, key);
    expect(sealed.includes('OPAL')).toBe(false);
    expect(await openAnswer(sealed, key, 1000)).toEqual(answer);
    expect(await openAnswer(sealed, other, 1000)).toBeNull();
    expect(await openAnswer(sealed, key, 10)).toBeNull();
  });
});
