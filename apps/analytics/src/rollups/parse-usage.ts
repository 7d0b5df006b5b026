import { createHash } from 'node:crypto';
import { type UsageRecorded, usageRecorded } from '@aggregator/contracts';
import { judgeUsage } from '@aggregator/pricing';

/** A usage event that the rollups can hold. */
export interface CountableUsage {
  event: UsageRecorded;
  /** What the ledger charges for it. */
  amountNanoUsd: bigint;
  /** SHA-256 (hex) of the event as we understand it, whatever the order of its fields was. */
  bodyHash: string;
}

const reasonLengthMax = 300;

/**
 * The text of an event, checked as the ledger checks it: what billing refuses to charge is not counted, and what it charges
 * is. The answer's `reason` says why an event can never be counted.
 */
export function parseUsage(text: string): CountableUsage | { reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { reason: 'not JSON' };
  }
  const parsed = usageRecorded.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { reason: `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'invalid'}`.trim().slice(0, reasonLengthMax) };
  }
  const event = parsed.data;
  const judgement = judgeUsage(event);
  if (judgement.result === 'refused') return { reason: judgement.reason };
  return {
    event,
    amountNanoUsd: judgement.amountNanoUsd,
    bodyHash: createHash('sha256').update(JSON.stringify(event)).digest('hex'),
  };
}
