import { Listeners } from '../listeners.ts';
import type { InvalidationChannel } from '../port.ts';

export interface MemoryInvalidationChannelOptions {
  /** Called when a listener throws. Default: a warning of the process. */
  onError?: (error: unknown) => void;
}

/** For services that share one process; they share the channel, too. Loses nothing, so there is never a gap. */
export function createMemoryInvalidationChannel(options: MemoryInvalidationChannelOptions = {}): InvalidationChannel {
  const listeners = new Listeners(options.onError ?? warn);
  let isClosed = false;
  const throwIfClosed = () => {
    if (isClosed) throw new Error('the invalidation channel is closed');
  };
  return {
    async publish(channel, message) {
      throwIfClosed();
      listeners.deliver(channel, message);
    },
    async subscribe(channel, onMessage, onGap) {
      throwIfClosed();
      const listener = { onMessage, onGap, isSubscribed: true };
      listeners.add(channel, listener);
      return {
        async close() {
          listeners.remove(channel, listener);
        },
      };
    },
    async close() {
      isClosed = true;
      listeners.clear();
    },
  };
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
