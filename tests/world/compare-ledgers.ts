import type { Transaction } from '@aggregator/contracts';
import type { LedgerRecord } from '@aggregator/mock-provider';

/** A provider's own record of a charge, and ours, where they differ. */
export interface Difference {
  requestId: string;
  provider: string;
  ours: string;
}

/**
 * Holds the provider's own ledger against ours: every request that it charged for is charged exactly once, by the same
 * amount to the nano-USD, and nothing else is. Answers the differences.
 */
export function compareLedgers(records: readonly LedgerRecord[], transactions: readonly Transaction[]): Difference[] {
  const provider = new Map<string, bigint>();
  for (const record of records) {
    const [requestId = ''] = record.attemptId.split('/');
    provider.set(requestId, (provider.get(requestId) ?? 0n) + BigInt(record.amountNanoUsd));
  }
  const ours = new Map<string, bigint[]>();
  for (const row of transactions) {
    if (row.type !== 'charge' || row.requestId === undefined) continue;
    ours.set(row.requestId, [...(ours.get(row.requestId) ?? []), -BigInt(row.amountNanoUsd)]);
  }
  return [...new Set([...provider.keys(), ...ours.keys()])].flatMap((requestId) => {
    const expected = provider.get(requestId) ?? 0n;
    const charged = ours.get(requestId) ?? [];
    const isSame =
      expected === 0n ? charged.every((amount) => amount === 0n) : charged.length === 1 && charged[0] === expected;
    return isSame ? [] : [{ requestId, provider: String(expected), ours: charged.join(' + ') || 'nothing' }];
  });
}
