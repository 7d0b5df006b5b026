import { backOffMs, type Pause } from './pause.ts';
import type { ConsumedRecord, ConsumeOptions, DeadLetter, EventLog, EventRecord } from './port.ts';
import { reportError } from './report-error.ts';

/** So that the letter fits in Kafka's default record size, 1 MiB, even if JSON writes each character as six. */
const deadLetterValueCharsMax = 150_000;
const deadLetterReasonCharsMax = 2_000;

/**
 * Hands one batch over. When it resolves, the position may move: the records are handled, or are in the dead-letter
 * topic. A rejection means that all of them must come again.
 */
export async function deliverBatch(
  options: Pick<ConsumeOptions, 'handle' | 'deadLetterTopic'>,
  records: readonly ConsumedRecord[],
  publish: EventLog['publish'],
): Promise<void> {
  const { rejected } = await options.handle(records);
  if (rejected.length === 0) return;
  await publish(
    options.deadLetterTopic,
    rejected.map(({ record, reason }) => toDeadLetterRecord(record, reason)),
  );
}

/**
 * Hands one batch over until it is handled; reports each rejection, and waits longer after each. Returns false where
 * `mayRetry` does.
 * @param mayRetry is asked after each wait. It throws where the partition is no longer this member's.
 */
export async function deliverUntilHandled(
  options: Pick<ConsumeOptions, 'handle' | 'deadLetterTopic' | 'onError'>,
  records: readonly ConsumedRecord[],
  publish: EventLog['publish'],
  backOff: Pause,
  mayRetry: () => boolean,
): Promise<boolean> {
  for (let failures = 1; ; failures += 1) {
    try {
      await deliverBatch(options, records, publish);
      return true;
    } catch (error) {
      reportError(options.onError, error);
    }
    await backOff.wait(backOffMs(failures));
    if (!mayRetry()) return false;
  }
}

function toDeadLetterRecord(record: ConsumedRecord, reason: string): EventRecord {
  const { topic, partition, offset, key, value } = record;
  const letter: DeadLetter = {
    reason: reason.slice(0, deadLetterReasonCharsMax),
    topic,
    partition,
    offset,
    key,
    value: value.slice(0, deadLetterValueCharsMax),
  };
  return { key, value: JSON.stringify(letter) };
}
