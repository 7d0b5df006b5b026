import { afterEach, describe, expect, it } from '@jest/globals';
import { type Member, SupervisedConsumer } from './supervised-consumer.ts';

class FakeMember implements Member {
  readonly #joined = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<unknown>();
  readonly joined = this.#joined.promise;
  readonly ended = this.#ended.promise;
  stops = 0;

  join(): void {
    this.#joined.resolve();
  }

  end(reason: unknown): void {
    this.#ended.resolve(reason);
  }

  async stop(): Promise<void> {
    this.stops += 1;
    this.end(undefined);
  }
}

/** Members in the order in which they were started; each can be awaited before it is. */
class Members {
  readonly #started: FakeMember[] = [];
  readonly #awaited: ((member: FakeMember) => void)[] = [];

  readonly start = (): FakeMember => {
    const member = new FakeMember();
    this.#started.push(member);
    this.#awaited.shift()?.(member);
    return member;
  };

  get count(): number {
    return this.#started.length;
  }

  next(): Promise<FakeMember> {
    return new Promise((resolve) => this.#awaited.push(resolve));
  }
}

let consumer: SupervisedConsumer | undefined;
afterEach(() => consumer?.close());

describe('a supervised consumer', () => {
  it('replaces a member that ended, each time, and reports the reason', async () => {
    const members = new Members();
    const errors: unknown[] = [];
    const first = members.next();
    consumer = new SupervisedConsumer(members.start, (error) => errors.push(error));
    const second = members.next();
    (await first).end('crashed');
    const third = members.next();
    (await second).end('crashed again');
    await third;
    expect(errors).toEqual(['crashed', 'crashed again']);
    expect([(await first).stops, (await second).stops]).toEqual([1, 1]);
  });

  it('replaces a member even if it cannot leave and the report fails', async () => {
    const members = new Members();
    const first = members.next();
    consumer = new SupervisedConsumer(members.start, () => {
      throw new Error('no log');
    });
    const second = members.next();
    const member = await first;
    member.stop = () => Promise.reject(new Error('the broker does not answer'));
    member.end('crashed');
    await expect(second).resolves.toBeInstanceOf(FakeMember);
  });

  it('is subscribed once a member has joined, be it not the first', async () => {
    const members = new Members();
    const first = members.next();
    consumer = new SupervisedConsumer(members.start, () => undefined);
    const second = members.next();
    const subscribed = consumer.waitUntilSubscribed(10_000);
    (await first).end('refused');
    (await second).join();
    await expect(subscribed).resolves.toBeUndefined();
  });

  it('gives up, and stops its member, when it cannot subscribe in time', async () => {
    const members = new Members();
    const first = members.next();
    consumer = new SupervisedConsumer(members.start, () => undefined);
    await expect(consumer.waitUntilSubscribed(1)).rejects.toThrow('subscribing took longer than 1 ms');
    expect([(await first).stops, members.count]).toEqual([1, 1]);
  });

  it('starts no member any more once it is closed', async () => {
    const members = new Members();
    const first = members.next();
    const errors: unknown[] = [];
    consumer = new SupervisedConsumer(members.start, (error) => errors.push(error));
    await consumer.close();
    expect([(await first).stops, members.count, errors]).toEqual([1, 1, []]);
  });
});
