import { createHash } from 'node:crypto';
import type { UsageRecorded } from '@aggregator/contracts';

/** An event of usage that was checked: what it says, what it costs, and what its text is known by. */
export interface UsageCharge {
  /** Ids in lower case, as the database writes them. */
  event: UsageRecorded;
  amountNanoUsd: bigint;
  /** What providers charge us for it, failed attempts included. */
  costNanoUsd: bigint;
  /** SHA-256 (hex) of the event in the schema's own order of fields, so that a transport may encode it again. */
  bodyHash: string;
  body: string;
}

/** Takes an event out of the contract's parser, whose order of fields does not depend on the sender's. */
export function toUsageCharge(
  parsed: UsageRecorded,
  amounts: Pick<UsageCharge, 'amountNanoUsd' | 'costNanoUsd'>,
): UsageCharge {
  const body = JSON.stringify(parsed);
  const event = {
    ...parsed,
    requestId: parsed.requestId.toLowerCase(),
    orgId: parsed.orgId.toLowerCase(),
  };
  return { event, ...amounts, bodyHash: createHash('sha256').update(body).digest('hex'), body };
}

/** "gpt-4o-mini via openai: 12 in, 34 out", and "2 pictures" if they have a price each. */
export function describeCharge({ usage, model, provider }: UsageRecorded): string {
  const sum = (...counters: (number | undefined)[]) =>
    counters.reduce<number>((total, units) => total + (units ?? 0), 0);
  const input = sum(
    usage.inputUncached,
    usage.cacheRead,
    usage.cacheWrite5m,
    usage.cacheWrite1h,
    usage.audioIn,
    usage.imageIn,
  );
  const output = sum(usage.outputText, usage.outputReasoning, usage.audioOut, usage.imageOut);
  const { images = 0 } = usage;
  const pictures = images === 0 ? '' : `, ${images} ${images === 1 ? 'picture' : 'pictures'}`;
  return `${model} via ${provider}: ${input} in, ${output} out${pictures}`;
}
