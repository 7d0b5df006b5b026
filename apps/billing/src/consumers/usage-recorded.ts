import { createHash } from 'node:crypto';
import {
  type UsageCorrected,
  type UsageEvent,
  type UsageRecorded,
  usageEvent,
  usageRecordedDeadLetterTopic,
  usageRecordedTopic,
} from '@aggregator/contracts';
import type { ConsumedRecord, ConsumeOptions, HandleAnswer } from '@aggregator/messaging';
import { costRequest, judgeCorrection, judgeUsage } from '@aggregator/pricing';
import type { Tracing } from '@aggregator/service-kit';
import { toUsageCharge, type UsageCharge } from '../charges/usage-charge.ts';
import { handleCorrections } from '../corrections/handle-corrections.ts';
import { toUsageCorrection, type UsageCorrection } from '../corrections/usage-correction.ts';
import { isDataError, isMonthClosed } from '../database/classify-error.ts';
import type { Database } from '../database/open-database.ts';
import type { BillingEvents } from '../events.ts';
import { type QuarantinedEvent, quarantineEvents } from '../inbox/quarantine.ts';
import { type PostChargesAnswer, postCharges } from '../ledger/post-charges.ts';
import { traceCharges } from './trace-charges.ts';

export interface UsageConsumerContext {
  readonly database: Database;
  readonly events: BillingEvents;
  readonly tracing?: Tracing | null;
}

/** A batch after everything that needs no database. */
interface CheckedBatch {
  charges: UsageCharge[];
  corrections: UsageCorrection[];
  records: Map<UsageCharge | UsageCorrection, ConsumedRecord>;
  spools: UsageRecorded['spool'][];
  rejected: HandleAnswer['rejected'][number][];
  quarantined: QuarantinedEvent[];
}

const batchMax = 1000;

/** How billing takes what was used off the event log. */
export function usageRecordedConsumer(context: UsageConsumerContext): ConsumeOptions {
  return {
    topic: usageRecordedTopic,
    deadLetterTopic: usageRecordedDeadLetterTopic,
    group: 'billing',
    batchMax,
    handle: (records) => handleUsageRecorded(context, records),
    onError: (error) => context.events.consumerFailed(error),
  };
}

/**
 * Parse, charge, post, acknowledge. What can never be posted is quarantined and named in the answer; a database that fails
 * is a rejection, and the same records come again.
 */
export async function handleUsageRecorded(
  context: UsageConsumerContext,
  records: readonly ConsumedRecord[],
): Promise<HandleAnswer> {
  const batch = checkRecords(records);
  const endTraces = context.tracing ? traceCharges(context.tracing, batch.charges) : null;
  try {
    await post(context, batch);
  } finally {
    endTraces?.();
  }
  const refused = await handleCorrections(context, batch.corrections);
  for (const { correction, reason } of refused) refuse(batch, correction, reason);
  await quarantineEvents(context.database, batch.quarantined);
  for (const { eventId, reason } of batch.quarantined) context.events.eventQuarantined({ eventId, reason });
  return { rejected: batch.rejected };
}

function checkRecords(records: readonly ConsumedRecord[]): CheckedBatch {
  const batch: CheckedBatch = {
    ...{ charges: [], corrections: [], records: new Map(), spools: [], rejected: [], quarantined: [] },
  };
  for (const record of records) {
    const parsed = parseEvent(record.value);
    if (typeof parsed === 'string') {
      const bodyHash = createHash('sha256').update(record.value).digest('hex');
      batch.quarantined.push({ eventId: 'unknown', bodyHash, body: record.value, reason: 'invalid_event' });
      batch.rejected.push({ record, reason: parsed });
      continue;
    }
    if (parsed.schema === 'usage.recorded/1') takeCharge(batch, parsed, record);
    else takeCorrection(batch, parsed, record);
  }
  return batch;
}

function takeCharge(batch: CheckedBatch, event: UsageRecorded, record: ConsumedRecord): void {
  batch.spools.push(event.spool);
  const decision = judgeUsage(event);
  const isChargeable = decision.result === 'chargeable';
  const charge = toUsageCharge(event, {
    amountNanoUsd: isChargeable ? decision.amountNanoUsd : 0n,
    costNanoUsd: isChargeable ? costRequest(event) : 0n,
  });
  batch.records.set(charge, record);
  if (decision.result === 'chargeable') batch.charges.push(charge);
  else refuse(batch, charge, decision.reason);
}

function takeCorrection(batch: CheckedBatch, event: UsageCorrected, record: ConsumedRecord): void {
  const judgement = judgeCorrection(event);
  if (judgement.result === 'postable') {
    const correction = toUsageCorrection(event, judgement);
    batch.records.set(correction, record);
    batch.corrections.push(correction);
    return;
  }
  const bodyHash = createHash('sha256').update(record.value).digest('hex');
  const { reason } = judgement;
  batch.quarantined.push({ eventId: event.eventId, bodyHash, body: record.value, reason });
  batch.rejected.push({ record, reason });
}

/** The event, or the reason why it is none. */
function parseEvent(value: string): UsageEvent | string {
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    return 'invalid_event: not JSON';
  }
  const parsed = usageEvent.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return `invalid_event: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
}

function refuse(batch: CheckedBatch, handled: UsageCharge | UsageCorrection, reason: string): void {
  const { event, bodyHash, body } = handled;
  batch.quarantined.push({ eventId: event.eventId, bodyHash, body, reason });
  const record = batch.records.get(handled);
  if (record !== undefined) batch.rejected.push({ record, reason });
}

/** The whole batch in one transaction; where one event's values break it, one by one, so that only that one is refused. */
async function post(context: UsageConsumerContext, batch: CheckedBatch): Promise<void> {
  const { database } = context;
  if (batch.spools.length === 0) return;
  try {
    report(context, batch, await postCharges(database, batch.charges, batch.spools));
  } catch (error) {
    if (!isDataError(error)) throw error;
    context.events.batchReplayed({ events: batch.charges.length, error });
    for (const charge of batch.charges) await postAlone(context, batch, charge);
  }
}

async function postAlone(context: UsageConsumerContext, batch: CheckedBatch, charge: UsageCharge): Promise<void> {
  const { database } = context;
  try {
    report(context, batch, await postCharges(database, [charge], [charge.event.spool]));
  } catch (error) {
    if (!isDataError(error)) throw error;
    refuse(batch, charge, isMonthClosed(error) ? 'month_compacted' : 'unstorable_value');
  }
}

function report({ events }: UsageConsumerContext, batch: CheckedBatch, answer: PostChargesAnswer): void {
  for (const { charge, reason } of answer.quarantined) refuse(batch, charge, reason);
  events.chargesPosted(answer);
}
