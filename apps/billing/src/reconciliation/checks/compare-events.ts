import { usageRecordedTopic } from '@aggregator/contracts';
import type { EventLog, PartitionPosition } from '@aggregator/messaging';
import { z } from 'zod';
import type { Database } from '../../database/open-database.ts';
import { billingGroup } from '../../finality/finality.ts';
import { hasReached } from '../../finality/has-reached.ts';
import type { Check, Found } from '../check.ts';
import { type LedgerHour, readLedgerHour } from './read-ledger-hour.ts';

export interface EventsCheckParts {
  readonly database: Database;
  readonly eventLog: Pick<EventLog, 'readPositions'>;
  readonly clock: () => Date;
  /** What analytics counted in an hour: nano-USD by `<organisation> <model>`. Rejects if analytics does not answer. */
  readAnalyticsHour(hour: Date): Promise<ReadonlyMap<string, bigint>>;
}

const hourMs = 3_600_000;
const groups = [billingGroup, 'analytics'];
/** Hours of one run; what is further back is compared in the next. */
const hoursMax = 24;
/** Each hour is compared a second time when its last settlements have come. */
const lateHours = 26;
const last = z.object({ until: z.iso.datetime() });

/**
 * R2: for each hour that is over, what events charged = transfers = statement lines, and the ledger = analytics, for each
 * organisation and model, to the nano. It compares only what both services have read, and believes a difference that it finds
 * twice in the same size.
 */
export function createEventsCheck({ database, eventLog, clock, readAnalyticsHour }: EventsCheckParts): Check {
  let ends: (readonly PartitionPosition[])[] | null = null;
  let suspected = new Set<string>();

  async function haveRead(): Promise<boolean> {
    const positions = await Promise.all(groups.map((group) => eventLog.readPositions(usageRecordedTopic, group)));
    ends ??= positions;
    const isRead = positions.every((group, index) => hasReached(group, ends?.[index] ?? []));
    if (isRead) ends = null;
    return isRead;
  }

  return {
    ...{ kind: 'events', intervalMs: hourMs },
    async run(before) {
      if (!(await haveRead())) return null;
      const parsed = last.safeParse(before);
      const { hours, until } = chooseHours(clock(), parsed.success ? new Date(parsed.data.until) : null);
      const found: Found[] = [];
      let sum = 0n;
      for (const hour of hours) {
        const ledger = await readLedgerHour(database, hour);
        for (const { charged, corrected } of ledger.values()) sum += charged + corrected;
        found.push(...compareHour(hour, ledger, await readAnalyticsHour(hour)));
      }
      const confirmed = found.filter(({ orgId, subject }) => suspected.has(`${orgId} ${subject}`));
      if (confirmed.length < found.length) {
        suspected = new Set(found.map(({ orgId, subject }) => `${orgId} ${subject}`));
        return null;
      }
      suspected = new Set();
      const facts = { hours: `${hours.length}`, until: until.toISOString(), comparedNanoUsd: `${sum}` };
      return { found, facts, next: { until: until.toISOString() } };
    },
  };
}

/** Whole hours that ended an hour ago at least, since the last run, and the one of a day before. */
function chooseHours(now: Date, before: Date | null): { hours: Date[]; until: Date } {
  const nowHour = Math.floor(now.getTime() / hourMs) * hourMs;
  const endMs = nowHour - hourMs;
  const startMs = Math.max(before?.getTime() ?? endMs - hourMs, endMs - 30 * 24 * hourMs);
  const hours: Date[] = [];
  for (let at = startMs; at < endMs && hours.length < hoursMax; at += hourMs) hours.push(new Date(at));
  const untilMs = startMs + hours.length * hourMs;
  if (before !== null) hours.unshift(new Date(nowHour - lateHours * hourMs));
  return { hours, until: new Date(Math.max(untilMs, startMs)) };
}

function compareHour(
  hour: Date,
  ledger: ReadonlyMap<string, LedgerHour>,
  analytics: ReadonlyMap<string, bigint>,
): Found[] {
  const at = hour.toISOString();
  const keys = new Set([...ledger.keys(), ...analytics.keys()]);
  return [...keys].flatMap((key): Found[] => {
    const [orgId = '', model = ''] = split(key);
    const one = ledger.get(key) ?? { charged: 0n, corrected: 0n, moved: 0n, lined: 0n };
    const counted = analytics.get(key) ?? 0n;
    const posted = one.charged + one.corrected;
    if (one.charged === one.moved && one.charged === one.lined && posted === counted) return [];
    const figures = [one.charged, one.moved, one.lined, posted, counted].join('/');
    const details = {
      ...{ hour: at, model, chargedNanoUsd: `${one.charged}`, transferredNanoUsd: `${one.moved}` },
      ...{ statementNanoUsd: `${one.lined}`, ledgerNanoUsd: `${posted}`, analyticsNanoUsd: `${counted}` },
    };
    return [{ orgId, subject: `${at} ${model.slice(0, 100)}: ${figures}`, details }];
  });
}

function split(key: string): [string, string] {
  return [key.slice(0, 36), key.slice(37)];
}
