import { randomUUID } from 'node:crypto';
import { withDeadline } from '@aggregator/service-kit';
import type { ChannelModel, ConsumeMessage } from 'amqplib';
import { closeQuietly } from '../close-quietly.ts';
import { PartitionReader } from '../members/partition-reader.ts';
import type { Member } from '../members/supervised-consumer.ts';
import { Turns } from '../members/turns.ts';
import type { ConsumedRecord, ConsumeOptions, EventLog } from '../port.ts';
import { connect, type RabbitMqConnectionOptions } from './connect.ts';
import { PartitionClaim } from './partition-claim.ts';
import type { Topology } from './topology.ts';

export interface GroupMemberOptions {
  connection: RabbitMqConnectionOptions;
  topology: Topology;
  consume: ConsumeOptions;
  publish: EventLog['publish'];
}

/** A partition that this member reads. */
interface Reading {
  claim: PartitionClaim;
  reader: PartitionReader;
}

/** A member that waits is heard of every 15 s. */
const peerSilenceMsMax = 60_000;
const joinDeadlineMs = 30_000;

/**
 * One life of a consumer: a connection, and a claim of each partition. It reads those that the broker makes it the active
 * one of, and gives up what is more than its share when another member waits for it.
 */
export class RabbitMqGroupMember implements Member {
  readonly joined: Promise<void>;
  readonly ended: Promise<unknown>;
  readonly #options: GroupMemberOptions;
  readonly #id = randomUUID();
  readonly #turns = new Turns();
  readonly #readings = new Map<number, Reading>();
  readonly #claims = new Map<number, PartitionClaim>();
  /** When each of the other members was heard of last. */
  readonly #peers = new Map<string, number>();
  readonly #starting: Promise<void>;
  readonly #end: (reason: unknown) => void;
  #connection: ChannelModel | undefined;
  #claimsMade = 0;
  #isStopping = false;

  constructor(options: GroupMemberOptions) {
    const joined = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<unknown>();
    this.joined = joined.promise;
    this.ended = ended.promise;
    this.#end = ended.resolve;
    this.#options = options;
    this.#starting = withDeadline(this.#start(), joinDeadlineMs, 'joining the group')
      .then(joined.resolve)
      .catch(ended.resolve);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#end(undefined);
    await this.#starting;
    await Promise.all([...this.#readings.values()].map(({ reader }) => reader.stop()));
    await Promise.all([...this.#claims.values()].map((claim) => claim.close()));
    if (this.#connection !== undefined) await closeQuietly(this.#connection);
  }

  async #start(): Promise<void> {
    const { connection: options, topology, consume } = this.#options;
    const connection = await connect(options, this.#end);
    this.#connection = connection;
    const channel = await connection.createChannel();
    channel.on('error', this.#end);
    await topology.declareTopic(channel, consume.topic);
    await topology.declareGroup(channel, consume.topic, consume.group);
    await channel.close();
    const partitions = Array.from({ length: topology.partitions }, (_, partition) => partition);
    await Promise.all(partitions.map((partition) => this.#claim(connection, partition)));
  }

  async #claim(connection: ChannelModel, partition: number): Promise<void> {
    if (this.#isStopping) return;
    const { topology, consume } = this.#options;
    this.#claimsMade += 1;
    const claim = new PartitionClaim(
      {
        connection,
        queue: topology.claimsOf(consume.topic, consume.group, partition),
        onActive: (position) => this.#read(claim, partition, position).catch(this.#end),
        onPeer: (tokenId) => this.#share(connection, partition, tokenId),
        onLost: this.#end,
      },
      `${this.#id}/${this.#claimsMade}`,
    );
    this.#claims.set(partition, claim);
    await claim.open();
  }

  async #read(claim: PartitionClaim, partition: number, position: bigint): Promise<void> {
    if (this.#isStopping) return;
    const { topology, consume, publish } = this.#options;
    const { channel } = claim;
    const unacknowledged: ConsumeMessage[] = [];
    const reader = new PartitionReader({
      ...{ consume, publish, turns: this.#turns },
      commit: async (nextOffset, entries) => {
        await claim.commit(nextOffset);
        for (const message of unacknowledged.splice(0, entries)) channel.ack(message);
      },
    });
    this.#readings.set(partition, { claim, reader });
    reader.run().catch(this.#end);
    // For the consumer that is made next, not for the one of the claim.
    await channel.prefetch(2 * consume.batchMax, false);
    await channel.consume(
      topology.streamOf(consume.topic, consume.group, partition),
      (message) => {
        if (message === null) {
          this.#end(new Error('the broker has cancelled the reading of a stream'));
          return;
        }
        unacknowledged.push(message);
        const offset = BigInt(message.properties.headers?.['x-stream-offset']);
        reader.push({ offset, record: toConsumedRecord(consume.topic, partition, offset, message) });
      },
      { arguments: { 'x-stream-offset': position === 0n ? 'first' : Number(position) } },
    );
  }

  /** Gives up a partition that another member waits for, if this one has more than its share and does not work on it. */
  #share(connection: ChannelModel, partition: number, tokenId: string): void {
    const peer = tokenId.split('/')[0] ?? tokenId;
    if (peer === this.#id) return;
    const nowMs = performance.now();
    for (const [id, seenMs] of this.#peers) if (nowMs - seenMs > peerSilenceMsMax) this.#peers.delete(id);
    this.#peers.set(peer, nowMs);
    const share = Math.ceil(this.#options.topology.partitions / (this.#peers.size + 1));
    const reading = this.#readings.get(partition);
    if (reading === undefined || this.#readings.size <= share || reading.reader.isBusy) return;
    this.#readings.delete(partition);
    const moved = reading.reader
      .stop()
      .then(() => reading.claim.close())
      .then(() => this.#claim(connection, partition));
    moved.catch(this.#end);
  }
}

/** Null for what this adapter wrote into the stream to find its end. */
function toConsumedRecord(
  topic: string,
  partition: number,
  offset: bigint,
  { properties, content }: ConsumeMessage,
): ConsumedRecord | null {
  const key: unknown = properties.headers?.key;
  if (typeof key !== 'string') return null;
  return { topic, partition, offset: offset.toString(), key, value: content.toString() };
}
