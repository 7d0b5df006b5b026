import { isRecord } from '@aggregator/contracts';
import { withDeadline } from '@aggregator/service-kit';
import type { Admin, Kafka } from 'kafkajs';
import { Pause } from '../pause.ts';
import type { PartitionPosition } from '../port.ts';

export interface KafkaTopicsOptions {
  deadlineMs: number;
  /** Of a topic that is new. */
  partitions: number;
  replicationFactor: number;
}

/** Topics are named by code, so there are few; more would be a defect. */
const topicsMax = 1_000;
const leaderPollMs = 100;

/** Makes topics at their first use, and knows whether the ones in use can be written. */
export class KafkaTopics {
  readonly #kafka: Kafka;
  readonly #options: KafkaTopicsOptions;
  readonly #known = new Map<string, Promise<void>>();

  constructor(kafka: Kafka, options: KafkaTopicsOptions) {
    this.#kafka = kafka;
    this.#options = options;
  }

  /** Resolves when the topic exists and each of its partitions has a leader. A failure is not remembered. */
  ensure(topic: string): Promise<void> {
    const known = this.#known.get(topic);
    if (known !== undefined) return known;
    if (this.#known.size >= topicsMax) throw new RangeError(`more than ${topicsMax} topics`);
    const ensured = this.#withAdmin(`opening ${topic}`, (admin, isInTime) => this.#create(admin, topic, isInTime));
    this.#known.set(topic, ensured);
    ensured.catch(() => this.#known.delete(topic));
    return ensured;
  }

  /** Returns what the group has committed, and the ends as they were before. Makes the topic if it does not exist. */
  async readPositions(topic: string, group: string): Promise<PartitionPosition[]> {
    await this.ensure(topic);
    return this.#withAdmin(`reading positions of ${group}`, async (admin) => {
      const ends = await admin.fetchTopicOffsets(topic);
      const [committed] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
      const positions = new Map(committed?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
      return ends.map(({ partition, low, high }) => {
        const position = positions.get(partition) ?? -1n;
        // A group without a commit begins at the oldest record.
        return { partition, position: position < 0n ? BigInt(low) : position, end: BigInt(high) };
      });
    });
  }

  /** Rejects if no broker answers, or if a topic in use has a partition without a leader. */
  check(): Promise<void> {
    return this.#withAdmin('the check of the event log', async (admin) => {
      const topics = [...this.#known.keys()];
      if (topics.length === 0) await admin.describeCluster();
      else if (!(await haveLeaders(admin, topics))) throw new Error('a partition has no leader');
    });
  }

  async #create(admin: Admin, topic: string, isInTime: () => boolean): Promise<void> {
    const { partitions, replicationFactor, deadlineMs } = this.#options;
    const pause = new Pause();
    // The library does not wait for leaders: its wait fails where a broker does not know the new topic yet.
    const ask = () =>
      admin.createTopics({
        topics: [{ topic, numPartitions: partitions, replicationFactor }],
        waitForLeaders: false,
        timeout: deadlineMs,
      });
    for (let isAsked = false; !isAsked; ) {
      try {
        await ask();
        isAsked = true;
      } catch (error) {
        // A controller whose disk is slow rejects what it may do a moment later.
        if (!isInTime() || !isRetriable(error)) throw error;
        await pause.wait(leaderPollMs);
      }
    }
    // Leaders are elected after the creation, by this process or by another. A broker also rejects records for a moment
    // after the metadata name it as the leader: offsets are read from the leaders themselves.
    const isReady = async () =>
      (await haveLeaders(admin, [topic])) && (await admin.fetchTopicOffsets(topic)).length > 0;
    while (isInTime() && !(await isReady().catch(() => false))) await pause.wait(leaderPollMs);
  }

  async #withAdmin<T>(what: string, work: (admin: Admin, isInTime: () => boolean) => Promise<T>): Promise<T> {
    const admin = this.#kafka.admin();
    let isInTime = true;
    const run = async () => {
      await admin.connect();
      return work(admin, () => isInTime);
    };
    const running = run();
    try {
      return await withDeadline(running, this.#options.deadlineMs, what);
    } finally {
      isInTime = false;
      running
        .catch(() => undefined)
        .then(() => admin.disconnect())
        .catch(() => undefined);
    }
  }
}

/** True for a rejection of topics of which each may be asked for again. */
export function isRetriable(error: unknown): boolean {
  // The library does not export the class to modules.
  if (!(error instanceof Error) || error.name !== 'KafkaJSAggregateError' || !('errors' in error)) return false;
  const { errors } = error;
  return Array.isArray(errors) && errors.every((one) => isRecord(one) && one.retriable === true);
}

async function haveLeaders(admin: Admin, names: string[]): Promise<boolean> {
  const { topics } = await admin.fetchTopicMetadata({ topics: names });
  return topics.every(
    ({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader !== null && leader >= 0),
  );
}
