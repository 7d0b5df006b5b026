import { createHash } from 'node:crypto';
import { type UsageCorrected, type UsageRecorded, usageEvent } from '@aggregator/contracts';
import { judgeCorrection, judgeUsage } from '@aggregator/pricing';

/** A usage event that the rollups can hold. */
export interface CountableUsage {
  event: UsageRecorded;
  /** What the ledger charges for it. */
  amountNanoUsd: bigint;
  /** SHA-256 (hex) of the event as we parse it, for any order of its fields. */
  bodyHash: string;
}

/** A correction that the rollups can hold. */
export interface CountableCorrection {
  correction: UsageCorrected;
  /** As for usage. */
  bodyHash: string;
}

const reasonLengthMax = 300;

/**
 * The text of an event, checked as the ledger checks it: what billing refuses to charge is not counted, and what it charges
 * is. The answer's `reason` says why an event can never be counted.
 */
export function parseUsage(text: string): CountableUsage | CountableCorrection | { reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { reason: 'not JSON' };
  }
  const parsed = usageEvent.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { reason: `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'invalid'}`.trim().slice(0, reasonLengthMax) };
  }
  const event = parsed.data;
  const bodyHash = createHash('sha256').update(JSON.stringify(event)).digest('hex');
  if (event.schema === 'usage.corrected/1') {
    const judgement = judgeCorrection(event);
    return judgement.result === 'refused' ? { reason: judgement.reason } : { correction: event, bodyHash };
  }
  const judgement = judgeUsage(event);
  if (judgement.result === 'refused') return { reason: judgement.reason };
  return { event, amountNanoUsd: judgement.amountNanoUsd, bodyHash };
}
