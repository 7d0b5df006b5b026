import type { ProviderRecord } from './parse-csv.ts';

/** What we booked for one request at the provider. */
export interface BookedCost {
  requestId: string;
  time: Date;
  model: string;
  inputTokens: number;
  outputTokens: number;
  costNanoUsd: bigint;
}

export interface MatchedRecords {
  matched: number;
  /** Matched, with another cost. */
  differing: { booked: BookedCost; record: ProviderRecord }[];
  onlyAtProvider: ProviderRecord[];
  onlyBooked: BookedCost[];
}

/** A provider's clock, and the time between the begin and the end of a request. */
const apartMsMax = 15 * 60_000;

/**
 * Matches each record of a provider with one booking: by the request id if the record has one, else by the same tokens
 * within fifteen minutes, the nearest in time first. Records without id and tokens match nothing.
 */
export function matchRecords(records: readonly ProviderRecord[], booked: readonly BookedCost[]): MatchedRecords {
  const byId = new Map(booked.map((one) => [one.requestId, one]));
  const byTokens = Map.groupBy(booked, ({ inputTokens, outputTokens }) => `${inputTokens}/${outputTokens}`);
  const taken = new Set<BookedCost>();
  const result: MatchedRecords = { matched: 0, differing: [], onlyAtProvider: [], onlyBooked: [] };
  const take = (record: ProviderRecord, one: BookedCost) => {
    taken.add(one);
    result.matched += 1;
    if (one.costNanoUsd !== record.costNanoUsd) result.differing.push({ booked: one, record });
  };
  const anonymous: ProviderRecord[] = [];
  for (const record of records) {
    // The provider knows an attempt as `<request>/<attempt>`.
    const one = byId.get(record.reference?.split('/')[0] ?? '');
    if (one !== undefined && !taken.has(one)) take(record, one);
    else anonymous.push(record);
  }
  for (const record of anonymous) {
    const candidates = byTokens.get(`${record.inputTokens}/${record.outputTokens}`) ?? [];
    const one = findNearest(candidates, record.time, taken);
    if (one === null) result.onlyAtProvider.push(record);
    else take(record, one);
  }
  result.onlyBooked = booked.filter((one) => !taken.has(one));
  return result;
}

function findNearest(candidates: readonly BookedCost[], time: Date, taken: ReadonlySet<BookedCost>): BookedCost | null {
  let nearest: BookedCost | null = null;
  let apartMs = apartMsMax + 1;
  for (const one of candidates) {
    const ms = Math.abs(one.time.getTime() - time.getTime());
    if (ms < apartMs && !taken.has(one)) [nearest, apartMs] = [one, ms];
  }
  return nearest;
}
