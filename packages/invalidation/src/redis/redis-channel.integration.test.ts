import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeInvalidationChannel, listen, waitUntil } from '../conformance.ts';
import type { InvalidationChannel } from '../port.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { createRedisInvalidationChannel } from './redis-channel.ts';

const commandTimeoutMs = 500;
/** Time that a loaded machine may add to a deadline. */
const slackMs = 15_000;
const testTimeoutMs = 120_000;

function readRedisUrl(): URL {
  const url = process.env.REDIS_URL;
  if (url === undefined || url === '') throw new Error('REDIS_URL is not set: these tests need a real Redis');
  return new URL(url);
}

describeInvalidationChannel('Redis', () => {
  const open = () =>
    createRedisInvalidationChannel({ url: readRedisUrl().href, commandTimeoutMs: slackMs, onError: () => undefined });
  return { publisher: open(), listener: open() };
});

describe('the Redis invalidation channel in an outage', () => {
  let proxy: FaultyProxy;
  let behindProxy: InvalidationChannel;
  let direct: InvalidationChannel;
  let channel: string;
  let errors: unknown[];

  beforeEach(async () => {
    const { hostname, port } = readRedisUrl();
    proxy = await startFaultyProxy({ host: hostname, port: Number(port || '6379') });
    const url = readRedisUrl();
    url.host = `127.0.0.1:${proxy.port}`;
    errors = [];
    channel = `outage-${randomUUID()}`;
    behindProxy = createRedisInvalidationChannel({
      url: url.href,
      commandTimeoutMs,
      onError: (error) => errors.push(error),
    });
    direct = createRedisInvalidationChannel({
      url: readRedisUrl().href,
      commandTimeoutMs: 2_000,
      onError: () => undefined,
    });
  });
  afterEach(async () => {
    await behindProxy.close();
    await direct.close();
    await proxy.shut();
  });

  /** Passes if the next message reaches the listener. */
  async function expectMessagesFlow(heard: { messages: string[] }): Promise<void> {
    const message = randomUUID();
    await direct.publish(channel, message);
    await waitUntil(() => heard.messages.includes(message));
  }

  it(
    'reports the gap once its connection was cut and it listens again',
    async () => {
      const heard = await listen(behindProxy, channel);
      await expectMessagesFlow(heard);
      proxy.cut();
      await waitUntil(() => heard.gaps() > 0);
      await expectMessagesFlow(heard);
      expect(heard.gaps()).toBe(1);
    },
    testTimeoutMs,
  );

  it(
    'misses nothing that is published after it has reported the gap',
    async () => {
      const messages: string[] = [];
      await behindProxy.subscribe(
        channel,
        (message) => messages.push(message),
        () => {
          void direct.publish(channel, 'right after the gap');
        },
      );
      for (let round = 1; round <= 5; round += 1) {
        proxy.cut();
        await waitUntil(() => messages.length >= round);
      }
      expect(messages).toEqual(Array.from({ length: 5 }, () => 'right after the gap'));
    },
    testTimeoutMs,
  );

  it(
    'detects that Redis fell silent, and reports the gap when it answers again',
    async () => {
      const heard = await listen(behindProxy, channel);
      await expectMessagesFlow(heard);
      proxy.stall();
      await waitUntil(() => errors.length > 0);
      proxy.heal();
      await waitUntil(() => heard.gaps() > 0);
      await expectMessagesFlow(heard);
    },
    testTimeoutMs,
  );

  it(
    'publishes again after its connection was cut',
    async () => {
      const heard = await listen(direct, channel);
      await behindProxy.publish(channel, 'before');
      proxy.cut();
      await waitUntil(() =>
        behindProxy.publish(channel, 'after').then(
          () => true,
          () => false,
        ),
      );
      await waitUntil(() => heard.messages.includes('after'));
      expect(heard.messages[0]).toBe('before');
    },
    testTimeoutMs,
  );

  it.each(['before its first connection', 'after it was connected'])(
    'refuses to publish within its deadline when Redis does not answer, %s',
    async (when) => {
      if (when === 'after it was connected') await behindProxy.publish(channel, 'connected');
      proxy.stall();
      await expectRefusal(behindProxy.publish(channel, 'silence'));
    },
    testTimeoutMs,
  );

  it(
    'refuses to publish within its deadline when Redis refuses connections',
    async () => {
      await behindProxy.publish(channel, 'connected');
      await proxy.shut();
      await expectRefusal(behindProxy.publish(channel, 'refused'));
      await proxy.open();
    },
    testTimeoutMs,
  );

  it(
    'accepts a listener while Redis is down, and reports the gap to it when Redis is back',
    async () => {
      await proxy.shut();
      const startedMs = performance.now();
      const heard = await listen(behindProxy, channel);
      expect(performance.now() - startedMs).toBeLessThan(commandTimeoutMs + slackMs);
      expect([heard.gaps(), errors.length > 0]).toEqual([0, true]);
      await proxy.open();
      await waitUntil(() => heard.gaps() > 0);
      await expectMessagesFlow(heard);
    },
    testTimeoutMs,
  );

  async function expectRefusal(publishing: Promise<void>): Promise<void> {
    const startedMs = performance.now();
    await expect(publishing).rejects.toThrow();
    expect(performance.now() - startedMs).toBeLessThan(commandTimeoutMs + slackMs);
  }
});
