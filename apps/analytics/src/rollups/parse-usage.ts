import { createHash } from 'node:crypto';
import { type UsageRecorded, usageRecorded } from '@aggregator/contracts';

/** A usage event that the rollups can hold. */
export interface CountableUsage {
  event: UsageRecorded;
  /** SHA-256 (hex) of the event as we understand it, whatever the order of its fields was. */
  bodyHash: string;
}

const reasonLengthMax = 300;
/** Far beyond any request, and small enough that the sums of an hour stay within 64 bits. */
const tokensMax = 10 ** 12;
const amountNanoUsdMax = BigInt(Number.MAX_SAFE_INTEGER);
const latencyMsMax = 10 ** 10;
const timeMinMs = Date.UTC(2020, 0, 1);
const timeMaxMs = Date.UTC(2200, 0, 1);

/**
 * The text of an event, checked. The answer's `reason` says why it can never be counted: what the database could not store
 * must be found here, because there it would stop every event behind it.
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
  const reason = findUnstorable(event);
  if (reason !== null) return { reason };
  return { event, bodyHash: createHash('sha256').update(JSON.stringify(event)).digest('hex') };
}

function findUnstorable(event: UsageRecorded): string | null {
  for (const name of ['eventId', 'provider', 'model'] as const) {
    if (event[name].includes('\u0000') || !event[name].isWellFormed())
      return `${name} holds text that cannot be stored`;
  }
  const amount = BigInt(event.amountNanoUsd);
  if (amount < 0n || amount > amountNanoUsdMax) return 'amountNanoUsd is out of range';
  if (Object.values(event.usage).some((units) => units !== undefined && units > tokensMax))
    return 'usage is out of range';
  if (event.latencyMs > latencyMsMax) return 'latencyMs is out of range';
  const time = Date.parse(event.time);
  return time >= timeMinMs && time < timeMaxMs ? null : 'time is out of range';
}
