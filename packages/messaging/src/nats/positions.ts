import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import { JetStreamApiError } from '@nats-io/jetstream';
import { z } from 'zod';
import { positionSubjectOf, positionsStream } from './streams.ts';

const claimRecord = z.object({
  /** The member that reads the partition; null if none does. */
  owner: z.string().nullable(),
  /** Sequence of the first record that is not handled; decimal. */
  position: z.string().regex(/^\d+$/),
});
export type ClaimRecord = z.infer<typeof claimRecord>;

/** A record as it was read, and the number that a write must name to replace it. */
export interface StoredClaim extends ClaimRecord {
  revision: number;
}

/** Code of JetStream: the last message of the subject is another one than the writer has read. */
const wrongLastSequence = 10071;

/** Claims and positions of one group and topic. A write fails if another was made since the read. */
export class Positions {
  readonly #manager: JetStreamManager;
  readonly #client: JetStreamClient;
  readonly #topic: string;
  readonly #group: string;

  constructor(manager: JetStreamManager, topic: string, group: string) {
    this.#manager = manager;
    this.#client = manager.jetstream();
    this.#topic = topic;
    this.#group = group;
  }

  /** Returns null for a group that has never read the partition. */
  async read(partition: number): Promise<StoredClaim | null> {
    const subject = positionSubjectOf(this.#topic, this.#group, partition);
    const stored = await this.#manager.streams.getMessage(positionsStream, { last_by_subj: subject });
    return stored === null ? null : { ...claimRecord.parse(stored.json()), revision: stored.seq };
  }

  /** Returns the new revision, or null if the record is not the one of `revision` any more (0: there is none yet). */
  async replace(partition: number, record: ClaimRecord, revision: number): Promise<number | null> {
    const subject = positionSubjectOf(this.#topic, this.#group, partition);
    try {
      const written = await this.#client.publish(subject, JSON.stringify(record), {
        expect: { lastSubjectSequence: revision },
      });
      return written.seq;
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === wrongLastSequence) return null;
      throw error;
    }
  }
}
