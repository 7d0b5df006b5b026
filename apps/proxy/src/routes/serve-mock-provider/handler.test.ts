import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from '../../testing/start-world.ts';
import { isFromHere } from './handler.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const from = (remoteAddress: string | undefined, localAddress = '10.0.0.5') => ({ remoteAddress, localAddress });

describe('the built-in mock provider', () => {
  it('is served to this machine, without a credential', async () => {
    const answer = await fetch(`${world.url}/mock/v1/models`);

    expect(answer.status).toBe(200);
    expect(JSON.parse(await answer.text()).data[0]).toMatchObject({ id: 'mock-small' });
  });

  it('is for this machine alone: loopback, or its own address', () => {
    for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '10.0.0.5']) {
      expect({ address, isHere: isFromHere(from(address)) }).toEqual({ address, isHere: true });
    }
    for (const address of ['10.0.0.6', '192.168.1.1', '::ffff:10.0.0.6', 'fe80::1', undefined]) {
      expect({ address, isHere: isFromHere(from(address)) }).toEqual({ address, isHere: false });
    }
  });

  it('is not there where it is switched off', async () => {
    const without = await startWorld({ environment: { MOCK_PROVIDER: 'false' } });
    try {
      expect((await fetch(`${without.url}/mock/v1/models`)).status).toBe(404);
    } finally {
      await without.stop();
    }
  });
});
