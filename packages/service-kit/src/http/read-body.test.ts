import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { readJsonBytes } from './read-body.ts';

describe('readJsonBytes', () => {
  it('rejects a request whose client left before it was read', async () => {
    const request = new IncomingMessage(new Socket());
    request.destroy();
    await new Promise((resolve) => request.once('close', resolve));

    await expect(readJsonBytes(request, 100)).rejects.toMatchObject({ code: 'request_cancelled' });
  });

  it('returns the bytes of a request that arrived before it was read', async () => {
    const request = new IncomingMessage(new Socket());
    request.push('{}');
    request.push(null);

    expect(String(await readJsonBytes(request, 100))).toBe('{}');
  });
});
