import type { EventConsumer } from '@aggregator/messaging';
import { type BackOff, pauseAfter } from '@aggregator/resilience';

const backOff: BackOff = { firstMs: 1000, longestMs: 30_000 };

/**
 * Opens a consumer, and tries again while the event log is down: reads are answered meanwhile. `close` ends the attempts and
 * the consumer.
 * @param onError is called with each failure.
 */
export function subscribeWhenUp(open: () => Promise<EventConsumer>, onError: (error: unknown) => void): EventConsumer {
  let isClosed = false;
  let endWait: () => void = () => undefined;
  const wait = (delayMs: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async (): Promise<EventConsumer | null> => {
    for (let failures = 1; !isClosed; failures += 1) {
      try {
        return await open();
      } catch (error) {
        onError(error);
      }
      if (!isClosed) await wait(pauseAfter(failures, backOff));
    }
    return null;
  };
  const opening = run();

  return {
    async close() {
      isClosed = true;
      endWait();
      await (await opening)?.close();
    },
  };
}
