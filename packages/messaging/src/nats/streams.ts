import { type JetStreamManager, StorageType } from '@nats-io/jetstream';

export interface StreamOptions {
  /** Of every topic. */
  partitions: number;
  /** Copies of each stream in a cluster, 1…5. */
  replicas: number;
}

const nanosPerDay = 24 * 60 * 60 * 1_000_000_000;
const maxAgeDays = 14;
/** In which a second record of the same id is dropped. */
const duplicateWindowNanos = 10 * 60 * 1_000_000_000;

/** Claims and positions of all groups: one message for each subject. */
export const positionsStream = 'aggregator-positions';
const positionsSubject = 'aggregator.positions';

export function subjectOf(topic: string, partition: number): string {
  return `${topic}.${partition}`;
}

/** Names of streams have no dots. */
export function streamOf(topic: string, partition: number): string {
  return subjectOf(topic, partition).replaceAll('.', '_');
}

export function positionSubjectOf(topic: string, group: string, partition: number): string {
  return `${positionsSubject}.${group}.${topic}.${partition}`;
}

/** The subject on which the members of a group report that they live. */
export function membersSubjectOf(topic: string, group: string): string {
  return `aggregator.members.${group}.${topic}`;
}

/** Makes the streams of a topic, one for each partition, where they are missing. */
export async function ensureTopic(manager: JetStreamManager, topic: string, options: StreamOptions): Promise<void> {
  for (let partition = 0; partition < options.partitions; partition += 1) {
    await ensureStream(manager, streamOf(topic, partition), {
      subjects: [subjectOf(topic, partition)],
      num_replicas: options.replicas,
      max_age: maxAgeDays * nanosPerDay,
      duplicate_window: duplicateWindowNanos,
    });
  }
}

export async function ensurePositions(manager: JetStreamManager, { replicas }: StreamOptions): Promise<void> {
  await ensureStream(manager, positionsStream, {
    subjects: [`${positionsSubject}.>`],
    num_replicas: replicas,
    max_msgs_per_subject: 1,
  });
}

async function ensureStream(
  manager: JetStreamManager,
  name: string,
  config: Omit<Parameters<JetStreamManager['streams']['add']>[0], 'name'>,
): Promise<void> {
  const isThere = await manager.streams.info(name).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  try {
    await manager.streams.add({ ...config, name, storage: StorageType.File });
  } catch (error) {
    // Another process has created it meanwhile, perhaps with other limits: that one stays.
    await manager.streams.info(name).catch(() => {
      throw error;
    });
  }
}
