import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConsumedRecord, ConsumeOptions, EventConsumer, EventLog, EventRecord } from '../port.ts';

export interface EventLogSettings {
  publishDeadlineMs: number;
  /** Where the store is said to be, instead of where it is. */
  storeAt?: { host: string; port: number };
}

export type MakeEventLog = (settings: EventLogSettings) => EventLog | Promise<EventLog>;

/** For each test, since an adapter may have to wait for its group. */
export const testTimeoutMs = 60_000;
const conditionTimeoutMs = 30_000;
const pollMs = 10;
const publishDeadlineMs = 10_000;

/** What one member of a group was given. */
export interface Received {
  consumer: EventConsumer;
  /** As they came to `handle`, also those whose handling was then refused. */
  batches: ConsumedRecord[][];
  errors: unknown[];
}

type Settings = Partial<Pick<ConsumeOptions, 'topic' | 'group' | 'batchMax' | 'handle'>> & { log?: EventLog };

/** The logs of one test, with a topic and a group that no other test uses. */
export class World {
  readonly topic: string;
  readonly deadLetterTopic: string;
  readonly group = `group-${randomUUID()}`;
  readonly #makeLog: MakeEventLog;
  readonly #logs: EventLog[] = [];

  constructor(makeLog: MakeEventLog, topicPrefix: string) {
    this.#makeLog = makeLog;
    this.topic = `${topicPrefix}.${randomUUID()}`;
    this.deadLetterTopic = `${this.topic}.dead-letter`;
  }

  async openLog(settings: EventLogSettings = { publishDeadlineMs }): Promise<EventLog> {
    const log = await this.#makeLog(settings);
    this.#logs.push(log);
    return log;
  }

  /** A new member, on its own log unless one is given. Accepts everything unless `handle` is given. */
  async consume(settings: Settings = {}): Promise<Received> {
    const log = settings.log ?? (await this.openLog());
    const batches: ConsumedRecord[][] = [];
    const errors: unknown[] = [];
    const handle = settings.handle ?? acceptAll;
    const consumer = await log.consume({
      topic: settings.topic ?? this.topic,
      group: settings.group ?? this.group,
      batchMax: settings.batchMax ?? 100,
      deadLetterTopic: this.deadLetterTopic,
      onError: (error) => errors.push(error),
      handle: async (records) => {
        batches.push([...records]);
        return handle(records);
      },
    });
    return { consumer, batches, errors };
  }

  async close(): Promise<void> {
    await Promise.all(this.#logs.map((log) => log.close()));
  }
}

export async function acceptAll(): Promise<{ rejected: [] }> {
  return { rejected: [] };
}

/** One record for each of so many keys, as many as it takes to reach every partition. */
export function recordsOfManyKeys(count: number, value: string): EventRecord[] {
  return Array.from({ length: count }, (_, number) => ({ key: `org-${number}`, value: `${value}-${number}` }));
}

export function valuesOf({ batches }: Pick<Received, 'batches'>): string[] {
  return batches.flat().map(({ value }) => value);
}

export function valuesByKey({ batches }: Pick<Received, 'batches'>): Record<string, string[]> {
  const byKey = Map.groupBy(batches.flat(), ({ key }) => key);
  return Object.fromEntries([...byKey].map(([key, records]) => [key, records.map(({ value }) => value)]));
}

/** Resolves as soon as the condition holds; rejects, saying what was awaited, if it stays false. */
export async function waitUntil(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAtMs = performance.now() + conditionTimeoutMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAtMs) throw new Error(`waited in vain until ${what}`);
    await delay(pollMs);
  }
}

/** A door that is shut until it is opened. */
export class Gate {
  readonly #opened = Promise.withResolvers<void>();
  readonly passed = this.#opened.promise;

  open(): void {
    this.#opened.resolve();
  }
}
