import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { claimPorts } from './claim-ports.ts';

describe('claimed ports', () => {
  it('are claimed by one process, also when many claim at the same time, and are free to listen on', async () => {
    const held = await claimPorts();
    const claims = [held, ...(await Promise.all(Array.from({ length: 20 }, claimPorts)))];

    expect(new Set(claims.map(({ base }) => base)).size).toBe(21);
    for (const { base } of claims) expect(await isRefused(base)).toBe(true);
    await Promise.all(claims.map(({ release }) => release()));
  });

  it('can be claimed again when they are given back', async () => {
    const first = await claimPorts();
    await first.release();
    const second = await claimPorts();

    expect(second.base).toBeLessThanOrEqual(first.base);
    await second.release();
  });
});

function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}
