import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { closeQuietly } from '../close-quietly.ts';
import type { Member } from '../members/supervised-consumer.ts';
import { Turns } from '../members/turns.ts';
import { Pause } from '../pause.ts';
import type { ConsumeOptions, EventLog } from '../port.ts';
import { connect, type NatsConnectionOptions } from './connect.ts';
import { PartitionReading } from './partition-reading.ts';
import { Positions, type StoredClaim } from './positions.ts';
import { ensurePositions, ensureTopic, membersSubjectOf, type StreamOptions } from './streams.ts';

export interface GroupMemberOptions {
  connection: NatsConnectionOptions;
  streams: StreamOptions;
  consume: ConsumeOptions;
  publish: EventLog['publish'];
  /** Stays the same over the lives of a consumer, so that the next one continues where the last one ended. */
  memberId: string;
}

const roundMs = 500;
const renewMs = 3_000;
/** A claim that its owner has not renewed for so long, by the clock of who looks, is free. */
const leaseMs = 12_000;
const peerSilenceMsMax = 4 * roundMs;

/**
 * One life of a consumer. Every half second it reports to the others that it lives, claims partitions without a reader
 * up to its share, renews its claims, and gives back what is more than its share. A claim is replaced only by one that
 * names it, so two members never hold the same, and a position is never written by who has lost the partition.
 */
export class NatsGroupMember implements Member {
  readonly joined: Promise<void>;
  readonly ended: Promise<unknown>;
  readonly #options: GroupMemberOptions;
  readonly #id: string;
  readonly #turns = new Turns();
  readonly #readings = new Map<number, PartitionReading>();
  readonly #peersSeenMs = new Map<string, number>();
  /** Claims of others, and since when they are as they are. */
  readonly #others = new Map<number, { revision: number; sinceMs: number }>();
  readonly #round = new Pause();
  readonly #running: Promise<void>;
  readonly #onJoined: () => void;
  readonly #end: (reason: unknown) => void;
  #connection: NatsConnection | undefined;
  #isStopping = false;

  constructor(options: GroupMemberOptions) {
    const joined = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<unknown>();
    this.joined = joined.promise;
    this.ended = ended.promise;
    this.#onJoined = joined.resolve;
    this.#end = ended.resolve;
    this.#options = options;
    this.#id = options.memberId;
    this.#running = this.#run().catch(ended.resolve);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#end(undefined);
    this.#round.close();
    await this.#running;
    const closings = [...this.#readings.values()].map((reading) => reading.close());
    try {
      await Promise.all(closings);
    } finally {
      if (this.#connection !== undefined) await closeQuietly(this.#connection);
    }
  }

  async #run(): Promise<void> {
    const { connection: options, streams, consume } = this.#options;
    const connection = await connect(options);
    this.#connection = connection;
    connection.closed().then((error) => this.#end(error ?? new Error('the connection was closed')));
    const manager = await jetstreamManager(connection, { timeout: options.deadlineMs, checkAPI: false });
    await ensureTopic(manager, consume.topic, streams);
    await ensurePositions(manager, streams);
    const positions = new Positions(manager, consume.topic, consume.group);
    const membersSubject = membersSubjectOf(consume.topic, consume.group);
    connection.subscribe(membersSubject, { callback: (_error, message) => this.#hear(message.string()) });
    while (!this.#isStopping) {
      connection.publish(membersSubject, this.#id);
      for (const reading of this.#readings.values()) await reading.renew(renewMs);
      await this.#giveBack();
      await this.#claimFree(manager, positions);
      this.#onJoined();
      await this.#round.wait(roundMs);
    }
  }

  #hear(memberId: string): void {
    if (memberId === this.#id) return;
    const isNew = !this.#peersSeenMs.has(memberId);
    this.#peersSeenMs.set(memberId, performance.now());
    if (isNew) this.#round.wake();
  }

  get #share(): number {
    const nowMs = performance.now();
    for (const [id, seenMs] of this.#peersSeenMs) {
      if (nowMs - seenMs > peerSilenceMsMax) this.#peersSeenMs.delete(id);
    }
    return Math.ceil(this.#options.streams.partitions / (this.#peersSeenMs.size + 1));
  }

  /** Gives back partitions beyond the share, but none whose batch is in hand: that would take as long as its handler. */
  async #giveBack(): Promise<void> {
    for (const [partition, reading] of [...this.#readings]) {
      if (this.#readings.size <= this.#share || this.#isStopping) return;
      if (reading.isBusy) continue;
      this.#readings.delete(partition);
      await reading.close();
    }
  }

  async #claimFree(manager: JetStreamManager, positions: Positions): Promise<void> {
    for (let partition = 0; partition < this.#options.streams.partitions; partition += 1) {
      if (this.#isStopping || this.#readings.size >= this.#share) return;
      if (this.#readings.has(partition)) continue;
      const stored = await positions.read(partition);
      if (!this.#isFree(partition, stored)) continue;
      const position = stored?.position ?? '1';
      const revision = await positions.replace(partition, { owner: this.#id, position }, stored?.revision ?? 0);
      if (revision === null) continue;
      const { consume, publish } = this.#options;
      const parts = { manager, positions, partition, consume, publish, turns: this.#turns };
      const options = { ...parts, memberId: this.#id, onEnd: this.#end };
      this.#readings.set(partition, new PartitionReading(options, BigInt(position), revision));
    }
  }

  #isFree(partition: number, stored: StoredClaim | null): boolean {
    if (stored === null || stored.owner === null || stored.owner === this.#id) return true;
    const known = this.#others.get(partition);
    if (known?.revision === stored.revision) return performance.now() - known.sinceMs > leaseMs;
    this.#others.set(partition, { revision: stored.revision, sinceMs: performance.now() });
    return false;
  }
}
