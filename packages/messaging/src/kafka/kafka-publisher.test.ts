import { DeadlineError } from '@aggregator/service-kit';
import { describe, expect, it } from '@jest/globals';
import { KafkaPublisher, type Sender } from './kafka-publisher.ts';

const records = [{ key: 'org-1', value: '{}' }];
const silence = () => new Promise<never>(() => undefined);

class FakeSender implements Sender {
  sent = 0;
  isDisconnected = false;
  connect = async (): Promise<void> => undefined;
  answer = async (): Promise<[]> => [];

  send(): Promise<[]> {
    this.sent += 1;
    return this.answer();
  }

  async disconnect(): Promise<void> {
    this.isDisconnected = true;
  }
}

/** Hands out the given connections in their order. */
function createPublisher(deadlineMs: number, ...senders: FakeSender[]): KafkaPublisher {
  const left = [...senders];
  const producer = () => {
    const sender = left.shift();
    if (sender === undefined) throw new Error('one connection more than expected');
    return sender;
  };
  return new KafkaPublisher({ producer }, deadlineMs);
}

describe('publishing to Kafka', () => {
  it('is refused at its deadline when the broker falls silent, and then takes another connection', async () => {
    const [silent, fresh] = [new FakeSender(), new FakeSender()];
    silent.answer = silence;
    const publisher = createPublisher(20, silent, fresh);
    await expect(publisher.send('topic', records)).rejects.toBeInstanceOf(DeadlineError);
    await publisher.send('topic', records);
    expect([silent.isDisconnected, fresh.sent, fresh.isDisconnected]).toEqual([true, 1, false]);
  });

  it('takes another connection after one could not be made', async () => {
    const [refused, fresh] = [new FakeSender(), new FakeSender()];
    refused.connect = () => Promise.reject(new Error('connection refused'));
    const publisher = createPublisher(1_000, refused, fresh);
    await expect(publisher.send('topic', records)).rejects.toThrow('connection refused');
    await publisher.send('topic', records);
    expect(fresh.sent).toBe(1);
  });

  it('keeps its connection, and tries nothing again, when the broker refuses a record', async () => {
    const sender = new FakeSender();
    sender.answer = () => Promise.reject(new Error('the record is too large'));
    const publisher = createPublisher(1_000, sender);
    await expect(publisher.send('topic', records)).rejects.toThrow('too large');
    expect([sender.sent, sender.isDisconnected]).toEqual([1, false]);
    sender.answer = async () => [];
    await publisher.send('topic', records);
    expect(sender.sent).toBe(2);
  });
});
