import { createHash } from 'node:crypto';
import type { UsageCorrected } from '@aggregator/contracts';
import type { CorrectionJudgement } from '@aggregator/pricing';

/** A correction that was checked: what it says, and what it changes. */
export interface UsageCorrection {
  /** Ids in lower case, as the database writes them. */
  event: UsageCorrected;
  amounts: Extract<CorrectionJudgement, { result: 'postable' }>;
  /** SHA-256 (hex) of the event in the schema's own order of fields. */
  bodyHash: string;
  body: string;
}

/** Takes an event out of the contract's parser, whose order of fields does not depend on the sender's. */
export function toUsageCorrection(parsed: UsageCorrected, amounts: UsageCorrection['amounts']): UsageCorrection {
  const body = JSON.stringify(parsed);
  const event = { ...parsed, requestId: parsed.requestId.toLowerCase(), orgId: parsed.orgId.toLowerCase() };
  return { event, amounts, bodyHash: createHash('sha256').update(body).digest('hex'), body };
}
