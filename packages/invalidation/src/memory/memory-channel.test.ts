import { describe, expect, it } from '@jest/globals';
import { describeInvalidationChannel, listen } from '../conformance.ts';
import { createMemoryInvalidationChannel } from './memory-channel.ts';

describeInvalidationChannel('memory', () => {
  const channel = createMemoryInvalidationChannel({ onError: () => undefined });
  return { publisher: channel, listener: channel };
});

describe('the memory invalidation channel', () => {
  it('has called every listener when the publication is done', async () => {
    const channel = createMemoryInvalidationChannel();
    const heard = await listen(channel, 'keys');
    await channel.publish('keys', 'forget');
    expect(heard.messages).toEqual(['forget']);
  });

  it('reports a listener that throws to `onError`', async () => {
    const errors: unknown[] = [];
    const channel = createMemoryInvalidationChannel({ onError: (error) => errors.push(error) });
    const defect = new Error('a defect of the listener');
    await channel.subscribe(
      'keys',
      () => {
        throw defect;
      },
      () => undefined,
    );
    await channel.publish('keys', 'forget');
    expect(errors).toEqual([defect]);
  });
});
