import type { EventConsumer } from '@aggregator/messaging';
import type { BillingContext } from '../billing-context.ts';
import { usageRecordedConsumer } from '../consumers/usage-recorded.ts';
import type { RepeatingTask } from './repeat.ts';

const secondMs = 1000;

/** Starts a task that repeats. */
export type StartTask = (name: string, intervalMs: number, run: () => Promise<void>) => RepeatingTask;

/** Everything that billing reads from the event log. */
const toConsumers = (context: BillingContext) => [usageRecordedConsumer(context)];

/**
 * Starts the consumers. An event log that is down when billing starts must not keep it from granting leases: each consumer
 * subscribes as soon as the log is back.
 */
export function startConsumers(context: BillingContext, task: StartTask): EventConsumer {
  const consumers = toConsumers(context).map((options) => {
    let consumer: EventConsumer | undefined;
    const subscribing = task('subscribe', secondMs, async () => {
      consumer ??= await context.eventLog.consume(options);
    });
    return {
      async close() {
        await subscribing.close();
        await consumer?.close();
      },
    };
  });
  return {
    async close() {
      await Promise.all(consumers.map((consumer) => consumer.close()));
    },
  };
}
