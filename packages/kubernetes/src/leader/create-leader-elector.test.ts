import { describe, expect, it } from '@jest/globals';
import { type KubernetesCall, type KubernetesConnection, KubernetesError, type LeaderElector } from '../port.ts';
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts';
import { createLeaderElector, type LeaderElectorOptions } from './create-leader-elector.ts';
import type { Lease } from './lease.ts';

/** Fate of one call: its answer may come late, or never, or the call may have no effect. */
type Fate = { delayMs?: number; answerDelayMs?: number; fails?: 'before' | 'after' };

/** The API server's side of one Lease. */
class LeaseServer {
  lease: Lease | undefined;
  revision = 100;
  fate: (who: string, call: KubernetesCall) => Fate = () => ({});
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  connect(who: string): KubernetesConnection {
    return {
      namespace: null,
      close: () => Promise.resolve(),
      stream: () => Promise.reject(new Error('no streams here')),
      request: (call) => this.#answer(call, this.fate(who, call)),
    };
  }

  #answer(call: KubernetesCall, { delayMs = 0, answerDelayMs = 0, fails }: Fate): Promise<unknown> {
    const lost = new KubernetesError(0, 'NoAnswer', 'lost');
    return new Promise((resolve, reject) => {
      const end = (outcome: () => void) => {
        cancel();
        outcome();
      };
      const cancel = this.#clock.after(call.deadlineMs ?? 10_000, () => reject(lost));
      call.signal?.addEventListener('abort', () => end(() => reject(call.signal?.reason)));
      this.#after(delayMs, () => {
        if (fails === 'before') return end(() => reject(lost));
        let answer: () => void;
        try {
          const lease = this.#perform(call);
          answer = () => resolve(structuredClone(lease));
        } catch (error) {
          answer = () => reject(error);
        }
        this.#after(answerDelayMs, () => end(fails === 'after' ? () => reject(lost) : answer));
      });
    });
  }

  #after(delayMs: number, callback: () => void): void {
    if (delayMs === 0) callback();
    else this.#clock.after(delayMs, callback);
  }

  #perform(call: KubernetesCall): Lease {
    const body = call.body as Lease | undefined;
    if (call.method === 'POST') {
      if (this.lease !== undefined) throw new KubernetesError(409, 'AlreadyExists', 'exists');
    } else if (this.lease === undefined) throw new KubernetesError(404, 'NotFound', 'none');
    if (call.method === 'GET') return this.lease as Lease;
    if (call.method === 'PUT' && body?.metadata.resourceVersion !== this.lease?.metadata.resourceVersion) {
      throw new KubernetesError(409, 'Conflict', 'modified');
    }
    this.revision += 1;
    this.lease = structuredClone({
      ...body,
      metadata: { ...body?.metadata, resourceVersion: String(this.revision) },
    }) as Lease;
    return this.lease;
  }
}

function createWorld() {
  const clock = createManualClock();
  const server = new LeaseServer(clock);
  const reported: string[] = [];
  const elect = (identity: string, options: Partial<LeaderElectorOptions> = {}): LeaderElector =>
    createLeaderElector({
      connection: server.connect(identity),
      namespace: 'system',
      name: 'operator',
      identity,
      clock,
      random: () => 0,
      onStarted: (epoch) => reported.push(`${identity} leads ${epoch}`),
      onLost: (reason) => reported.push(`${identity} lost: ${reason}`),
      ...options,
    });
  return { clock, server, reported, elect };
}

describe('createLeaderElector', () => {
  it('lets the first one lead, and keeps renewing', async () => {
    const { clock, server, reported, elect } = createWorld();
    const one = elect('one');
    one.start();
    one.start();
    await clock.advance(60_000);
    expect([reported, one.isLeader, one.epoch]).toEqual([['one leads 101'], true, 101]);
    expect(server.revision).toBe(131);
  });

  it('writes times with six digits of a second', async () => {
    const { clock, server, elect } = createWorld();
    elect('one').start();
    await clock.advance(0);
    expect(server.lease?.spec?.renewTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(server.lease?.spec?.acquireTime).toBe(server.lease?.spec?.renewTime);
    expect(server.lease?.spec).toMatchObject({ holderIdentity: 'one', leaseDurationSeconds: 15, leaseTransitions: 0 });
  });

  it('hands over at once when the leader closes, with a higher epoch', async () => {
    const { clock, server, reported, elect } = createWorld();
    const one = elect('one');
    const two = elect('two');
    one.start();
    await clock.advance(0);
    two.start();
    await clock.advance(10_000);
    const closing = one.close();
    await clock.advance(0);
    await closing;
    expect([one.isLeader, server.lease?.spec?.holderIdentity]).toEqual([false, '']);
    await clock.advance(2000);
    expect(two.epoch).toBeGreaterThan(101);
    expect(reported).toEqual(['one leads 101', `two leads ${two.epoch}`]);
    expect(server.lease?.spec).toMatchObject({ leaseTransitions: 1, leaseDurationSeconds: 15 });
  });

  it('takes over from one that is dead, no sooner than fifteen seconds after its last sign', async () => {
    const { clock, server, elect } = createWorld();
    elect('one').start();
    await clock.advance(0);
    const two = elect('two');
    two.start();
    await clock.advance(10_000);
    server.fate = (who) => (who === 'one' ? { delayMs: 1e9 } : {});
    await clock.advance(14_000);
    expect(two.isLeader).toBe(false);
    await clock.advance(5000);
    expect(two.isLeader).toBe(true);
  });

  it('stops leading after ten seconds without a renewal, and says so once', async () => {
    const { clock, server, reported, elect } = createWorld();
    const one = elect('one');
    one.start();
    await clock.advance(0);
    server.fate = () => ({ delayMs: 1e9 });
    await clock.advance(9_999);
    expect(one.isLeader).toBe(true);
    await clock.advance(1);
    expect(one.isLeader).toBe(false);
    server.fate = () => ({});
    await clock.advance(60_000);
    const closing = one.close();
    await clock.advance(0);
    await closing;
    expect(reported).toEqual(['one leads 101', 'one lost: not renewed within 10000 ms']);
  });

  it('survives a renewal that hangs, and ones that fail', async () => {
    const { clock, server, reported, elect } = createWorld();
    elect('one').start();
    await clock.advance(0);
    let calls = 0;
    server.fate = () => {
      calls += 1;
      return calls === 1 ? { delayMs: 1e9 } : calls === 2 ? { fails: 'before' } : {};
    };
    await clock.advance(60_000);
    expect(reported).toEqual(['one leads 101']);
  });

  it('knows its own write again when the answer was lost', async () => {
    const { clock, server, reported, elect } = createWorld();
    const one = elect('one');
    one.start();
    await clock.advance(0);
    let calls = 0;
    server.fate = () => {
      calls += 1;
      return calls === 1 ? { fails: 'after' } : {};
    };
    await clock.advance(60_000);
    expect([reported, one.epoch]).toEqual([['one leads 101'], 101]);
  });

  it.each<[string, (server: LeaseServer) => void, string]>([
    [
      'stolen',
      (server) => {
        const lease = server.lease as Lease;
        server.lease = {
          ...lease,
          metadata: { resourceVersion: '900' },
          spec: { ...lease.spec, holderIdentity: 'thief' },
        };
      },
      'one lost: the Lease is held by thief',
    ],
    [
      'deleted',
      (server) => {
        server.lease = undefined;
      },
      'one lost: the Lease has been deleted',
    ],
  ])('stops leading when the Lease is %s, once and for good', async (_, spoil, message) => {
    const { clock, server, reported, elect } = createWorld();
    const one = elect('one');
    one.start();
    await clock.advance(0);
    spoil(server);
    await clock.advance(60_000);
    expect([reported, one.isLeader, one.epoch]).toEqual([['one leads 101', message], false, null]);
  });

  it('decides nothing by the wall: clocks may jump, the holder’s may be wrong', async () => {
    const { clock, server, reported, elect } = createWorld();
    elect('one').start();
    await clock.advance(0);
    const two = elect('two');
    two.start();
    clock.jump(86_400_000);
    await clock.advance(5000);
    clock.jump(-3 * 86_400_000);
    await clock.advance(30_000);
    expect(reported).toEqual(['one leads 101']);
    server.lease = {
      metadata: { resourceVersion: '900' },
      spec: { holderIdentity: 'past', renewTime: '1999-01-01T00:00:00.000000Z', leaseDurationSeconds: 15 },
    };
    await clock.advance(14_000);
    expect(two.isLeader).toBe(false);
  });

  it('does not lead by an answer that came too late', async () => {
    const { clock, server, elect, reported } = createWorld();
    const one = elect('one', { leaseMs: 3000, renewDeadlineMs: 2000, retryMs: 1000 });
    server.fate = (_, call) => (call.method === 'POST' ? { answerDelayMs: 1999.5 } : {});
    one.start();
    await clock.advance(1999);
    expect(reported).toEqual([]);
    await clock.advance(4000);
    expect(one.isLeader).toBe(true);
  });

  it('counts from when it asked for the Lease, not from when the answer came', async () => {
    const { clock, server, elect } = createWorld();
    let isCut = false;
    server.fate = (who, call) => {
      if (who === 'two') return {};
      return call.method === 'POST' ? { answerDelayMs: 4500 } : isCut ? { delayMs: 1e9 } : {};
    };
    const [one, two] = [elect('one', { leaseMs: 11_000 }), elect('two', { leaseMs: 11_000 })];
    one.start();
    await clock.advance(0);
    two.start();
    await clock.advance(4500);
    isCut = true;
    expect(one.isLeader).toBe(true);
    for (let step = 0; step < 100; step += 1) {
      await clock.advance(100);
      expect(one.isLeader && two.isLeader).toBe(false);
    }
    expect(two.isLeader).toBe(true);
  });

  it('never says that it leads when its timers are late, as after the process was stopped', async () => {
    const { clock, elect, server } = createWorld();
    let offsetMs = 0;
    const one = elect('one', { clock: { ...clock, nowMs: () => clock.nowMs() + offsetMs } });
    one.start();
    await clock.advance(0);
    expect(server.lease?.spec?.holderIdentity).toBe('one');
    offsetMs = 60_000;
    expect([one.isLeader, one.epoch]).toEqual([false, null]);
  });

  it('releases what it took in the very moment it was closed', async () => {
    const { clock, server, elect, reported } = createWorld();
    server.fate = (_, call) => (call.method === 'POST' ? { answerDelayMs: 500 } : {});
    const one = elect('one');
    one.start();
    await clock.advance(100);
    expect(server.lease?.spec?.holderIdentity).toBe('one');
    const closing = one.close();
    await clock.advance(0);
    await closing;
    expect([server.lease?.spec?.holderIdentity, reported]).toEqual(['', []]);
  });

  it('refuses times by which two could lead', () => {
    const { elect } = createWorld();
    expect(() => elect('one', { renewDeadlineMs: 15_000 })).toThrow(RangeError);
    expect(() => elect('one', { retryMs: 10_000 })).toThrow(RangeError);
  });

  it.each([1, 2, 3, 4, 5, 6])('never has two leaders when calls are late or lost (seed %i)', async (seed) => {
    const { clock, server, elect } = createWorld();
    const random = createRandom(seed);
    server.fate = () => {
      const dice = random();
      if (dice < 0.15) return { fails: 'before', delayMs: 3000 * random() };
      if (dice < 0.3) return { fails: 'after', answerDelayMs: 3000 * random() };
      if (dice < 0.6) return { delayMs: 12_000 * random(), answerDelayMs: 12_000 * random() };
      return {};
    };
    const epochs: number[] = [];
    const alive = new Set<LeaderElector>();
    let born = 0;
    const spawn = () => {
      born += 1;
      const elector = elect(`e${born}`, {
        random,
        // As little safety as there can be.
        leaseMs: 11_000,
        onStarted: (epoch) => epochs.push(epoch),
        onLost: () => {
          alive.delete(elector);
          spawn();
        },
      });
      alive.add(elector);
      elector.start();
    };
    spawn();
    spawn();
    spawn();
    for (let step = 0; step < 600; step += 1) {
      await clock.advance(500 * random());
      expect([...alive].filter(({ isLeader }) => isLeader).length).toBeLessThanOrEqual(1);
    }
    expect(epochs.length).toBeGreaterThan(0);
    expect(epochs).toEqual([...epochs].sort((one, other) => one - other));
  });
});

/** Mulberry32: the same numbers for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
