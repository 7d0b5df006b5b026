import type { AlertChannelName } from '@aggregator/contracts';
import type { AlertMessage } from '../alert-message.ts';

/** A way to people or programs that handle alerts. */
export interface AlertChannel {
  readonly name: AlertChannelName;
  /** Returns null if the message was accepted, else a short reason without addresses and secrets. Resolves in any case. */
  send(message: AlertMessage, now: Date): Promise<string | null>;
}
