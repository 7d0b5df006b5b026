import type { paymentReviewReasons } from '@aggregator/contracts';
import type { PaymentContext } from './payment-desk.ts';

/** What became of an event. `waiting`: it is about something that another event has to report first. */
export interface Applied {
  readonly state: 'handled' | 'waiting' | 'quarantined';
  readonly orgId?: string;
  readonly paymentId?: string;
  /** A person has to judge it. */
  readonly review?: (typeof paymentReviewReasons)[number];
}

export type PaymentEventResult = Applied['state'] | 'duplicate' | 'reused';

export interface EventContext extends Pick<PaymentContext, 'database' | 'events' | 'clock'> {
  readonly config: Pick<PaymentContext['config'], 'signUpCreditNanoUsd'>;
}
