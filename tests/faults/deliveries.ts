import { randomUUID } from 'node:crypto';
import { usageRecordedTopic } from '@aggregator/contracts';
import type { EventConsumer, EventLog, EventRecord } from '@aggregator/messaging';
import { waitFor } from '@aggregator/testing';

/** What a seed has seen in the event log of usage, and the bad events that it wrote into it. */
export interface Deliveries {
  readonly seen: EventRecord[];
  /** Bodies that are no event; each must become a dead letter, once. */
  readonly poison: Set<string>;
  /** Event ids that came again with another body; each must become a dead letter, once. */
  readonly forged: Set<string>;
  random(): number;
}

const forgedPerFault = 6;
const copiesMax = 200;

/** Follows the topic from here on. */
export async function followUsage(eventLog: EventLog, deliveries: () => Deliveries | null): Promise<EventConsumer> {
  const group = `rig-${randomUUID()}`;
  return await eventLog.consume({
    ...{ topic: usageRecordedTopic, group, batchMax: 500, deadLetterTopic: `${group}.dead-letter` },
    async handle(records) {
      deliveries()?.seen.push(...records.map(({ key, value }) => ({ key, value })));
      return { rejected: [] };
    },
    onError: () => undefined,
  });
}

/** Publishes events that were there already once more, each twice, in another order; and some with another body. */
export async function deliverAgain(eventLog: EventLog, deliveries: Deliveries): Promise<void> {
  const events = deliveries.seen.slice(-copiesMax).filter(({ value }) => !deliveries.poison.has(value));
  const forged = events.slice(0, forgedPerFault).flatMap((event) => forge(event, deliveries.forged) ?? []);
  await publish(eventLog, shuffle([...events, ...events, ...forged], deliveries.random));
}

/** Publishes events that can never be posted, for many keys, so that each partition has some. */
export async function publishPoison(eventLog: EventLog, deliveries: Deliveries): Promise<void> {
  const bodies = [
    (id: string) => `not JSON ${id}`,
    (id: string) => JSON.stringify({ schema: 'usage.recorded/1', eventId: id }),
    (id: string) => JSON.stringify({ schema: 'usage.recorded/9', eventId: id }),
    (id: string) => JSON.stringify([id]),
    (id: string) => JSON.stringify({ id, text: 'x'.repeat(100_000) }),
    (id: string) => `{"id":"${id}","nul":"\\u0000"}`,
  ];
  const records = bodies.map((body) => ({ key: randomUUID(), value: body(randomUUID()) }));
  for (const { value } of records) deliveries.poison.add(value);
  await publish(eventLog, records);
}

/** The same event id with another body; null for what is no settlement, or forged already. */
function forge({ key, value }: EventRecord, ids: Set<string>): EventRecord | null {
  const event: unknown = JSON.parse(value);
  if (typeof event !== 'object' || event === null || !('latencyMs' in event && 'eventId' in event)) return null;
  const id = String(event.eventId);
  if (ids.has(id)) return null;
  ids.add(id);
  return { key, value: JSON.stringify({ ...event, latencyMs: Number(event.latencyMs) + 1_000_003 }) };
}

/** Publishes until the log takes it: another fault may be at the log. */
async function publish(eventLog: EventLog, records: readonly EventRecord[]): Promise<void> {
  if (records.length === 0) return;
  await waitFor(() => eventLog.publish(usageRecordedTopic, records).then(() => true), {
    describe: 'the event log to take the deliveries of the rig',
  });
}

function shuffle<T>(items: T[], random: () => number): T[] {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [items[last], items[other]] = [items[other] as T, items[last] as T];
  }
  return items;
}
