import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { FairPool } from '@aggregator/service-kit';
import { afterEach, describe, expect, it } from '@jest/globals';
import { publicClaimsOf } from '../shares/claims.ts';
import { BodyWatch } from './body-watch.ts';
import { receiveBody } from './receive-body.ts';

const kibibyte = 1024;

describe('receiveBody', () => {
  const clock = { ms: 0 };
  const watch = new BodyWatch({ windowMs: 60_000, bytesPerSecondMin: 1, now: () => clock.ms });
  afterEach(() => watch.close());

  function open(headers: Record<string, string>, pool: FairPool, owner = 'a') {
    const request = new IncomingMessage(new Socket());
    Object.assign(request.headers, headers);
    const received = receiveBody(request, {
      ...{ pool, claims: publicClaimsOf('192.0.2.1'), watch, evictFor: owner },
      ...{ bytesMax: 20 * kibibyte, bytesMin: 8 * kibibyte, onRefused: () => undefined },
    });
    received.catch(() => undefined);
    return { request, received };
  }

  const chunked = { 'transfer-encoding': 'chunked' };
  const send = (request: IncomingMessage, bytes: number | null) =>
    request.push(bytes === null ? null : Buffer.alloc(bytes));

  it('rejects a request whose client has left before', async () => {
    const pool = new FairPool('public_bodies', 1000 * kibibyte);
    const request = new IncomingMessage(new Socket());
    request.destroy();

    await expect(
      receiveBody(request, {
        ...{ pool, claims: [], watch, bytesMax: 1, bytesMin: 0, onRefused: () => undefined },
      }),
    ).rejects.toMatchObject({ code: 'request_cancelled' });
    expect(pool.taken).toBe(0);
  });

  it('gives back all room when the body that needs more of it is the one that is cut for it', async () => {
    // The share of an address is a quarter of seven eighths: room for three bodies of the least size.
    const pool = new FairPool('public_bodies', 128 * kibibyte);
    const oldest = open(chunked, pool);
    const others = [open(chunked, pool), open(chunked, pool)];
    send(oldest.request, 20 * kibibyte);

    await expect(oldest.received).rejects.toMatchObject({ code: 'request_timeout' });

    for (const { request, received } of others) {
      send(request, null);
      (await received).close();
    }
    expect(pool.taken).toBe(0);
  });
});
