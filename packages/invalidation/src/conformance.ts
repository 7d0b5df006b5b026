import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { InvalidationChannel } from './port.ts';

/** Two ends of one channel, as two processes have them; the same object if processes cannot share it. */
export interface ChannelEnds {
  publisher: InvalidationChannel;
  listener: InvalidationChannel;
}

const conditionTimeoutMs = 10_000;
const pollMs = 5;

/** Describes the promises of every invalidation channel. The suite closes both ends. */
export function describeInvalidationChannel(name: string, makeEnds: () => ChannelEnds | Promise<ChannelEnds>): void {
  describe(`the ${name} invalidation channel`, () => {
    let ends: ChannelEnds;
    let channel: string;

    beforeEach(async () => {
      ends = await makeEnds();
      channel = `conformance-${randomUUID()}`;
    });
    afterEach(async () => {
      await ends.publisher.close();
      await ends.listener.close();
    });

    it('delivers each message to every listener of a channel, in order and without a gap', async () => {
      const one = await listen(ends.listener, channel);
      const other = await listen(ends.listener, channel);
      const messages = Array.from({ length: 50 }, (_, number) => `message ${number}`);
      for (const message of messages) await ends.publisher.publish(channel, message);
      await waitUntil(() => one.messages.length >= 50 && other.messages.length >= 50);
      expect([one.messages, other.messages]).toEqual([messages, messages]);
      expect([one.gaps(), other.gaps()]).toEqual([0, 0]);
    });

    it('delivers no message of other channels to a listener', async () => {
      const other = await listen(ends.listener, `${channel}-other`);
      const own = await listen(ends.listener, channel);
      await ends.publisher.publish(`${channel}-other`, 'for the other');
      await ends.publisher.publish(channel, 'for its own');
      await waitUntil(() => own.messages.length > 0 && other.messages.length > 0);
      expect([own.messages, other.messages]).toEqual([['for its own'], ['for the other']]);
    });

    it('delivers nothing more to a closed listener, and everything to the others', async () => {
      const leaving = await listen(ends.listener, channel);
      const staying = await listen(ends.listener, channel);
      await leaving.close();
      await leaving.close();
      await ends.publisher.publish(channel, 'after');
      await waitUntil(() => staying.messages.length > 0);
      expect([leaving.messages, staying.messages]).toEqual([[], ['after']]);
    });

    it('delivers to a channel that was closed and has a listener again', async () => {
      const before = await listen(ends.listener, channel);
      await before.close();
      const after = await listen(ends.listener, channel);
      await ends.publisher.publish(channel, 'again');
      await waitUntil(() => after.messages.length > 0);
      expect([before.messages, after.messages]).toEqual([[], ['again']]);
    });

    it('delivers to the others when one listener throws', async () => {
      await ends.listener.subscribe(
        channel,
        () => {
          throw new Error('a defect of the listener');
        },
        () => undefined,
      );
      const healthy = await listen(ends.listener, channel);
      await ends.publisher.publish(channel, 'for all');
      await waitUntil(() => healthy.messages.length > 0);
      expect(healthy.messages).toEqual(['for all']);
    });

    it('takes a message that has no listener', async () => {
      await expect(ends.publisher.publish(channel, 'for no listener')).resolves.toBeUndefined();
    });

    it('refuses to publish and to subscribe once it is closed', async () => {
      await ends.publisher.close();
      await expect(ends.publisher.publish(channel, 'late')).rejects.toThrow('closed');
      await expect(listen(ends.publisher, channel)).rejects.toThrow('closed');
    });
  });
}

export interface Heard {
  messages: string[];
  gaps(): number;
  close(): Promise<void>;
}

export async function listen(end: InvalidationChannel, channel: string): Promise<Heard> {
  const messages: string[] = [];
  let gaps = 0;
  const subscription = await end.subscribe(
    channel,
    (message) => messages.push(message),
    () => {
      gaps += 1;
    },
  );
  return { messages, gaps: () => gaps, close: () => subscription.close() };
}

/** Resolves as soon as the condition holds; rejects if the condition stays false. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAtMs = performance.now() + conditionTimeoutMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAtMs) throw new Error(`waited in vain until ${condition}`);
    await delay(pollMs);
  }
}
