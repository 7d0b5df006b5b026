import { z } from 'zod';

/** An amount as payment providers count it. Only whole smallest units exist: no provider moves a fraction of a cent. */
export const money = z.strictObject({
  /** Smallest units of the currency, not negative, as a decimal string: "1999" is $19.99. */
  minorUnits: z.string().regex(/^\d{1,15}$/),
  /** ISO 4217, in upper case. */
  currency: z.string().regex(/^[A-Z]{3}$/),
});
export type Money = z.infer<typeof money>;

/** A saved card as the provider shows it: never a card number. */
const savedCard = z.strictObject({
  /** Token at the provider. */
  methodReference: z.string().max(255),
  /** `visa`; for other methods than cards their kind, as `sepa_debit`. */
  brand: z.string().max(50),
  lastDigits: z.string().max(4),
  /** Null for methods that do not expire. */
  expiryMonth: z.number().int().min(1).max(12).nullable(),
  expiryYear: z.number().int().min(2000).max(9999).nullable(),
});
export type SavedCard = z.infer<typeof savedCard>;

const named = {
  /** The provider's id of the event: a second delivery has the same. */
  eventId: z.string().min(1).max(255),
  occurredAt: z.iso.datetime(),
};
const ofPayment = {
  ...named,
  /** Our id of the payment, as it was given to the provider; null if the event has none. */
  paymentId: z.string().max(255).nullable(),
  /** The provider's id of the payment. */
  paymentReference: z.string().max(255).nullable(),
};
const ofDispute = { ...ofPayment, disputeReference: z.string().max(255), money };

/** What a provider reports, in one form for all providers. */
export const paymentEvent = z.discriminatedUnion('kind', [
  z.strictObject({
    ...ofPayment,
    kind: z.literal('payment_succeeded'),
    money,
    /** Token of the method that was used; null if the event has none. */
    methodReference: z.string().max(255).nullable(),
  }),
  /** The customer has paid, and the money has not arrived. */
  z.strictObject({ ...ofPayment, kind: z.literal('payment_processing') }),
  z.strictObject({
    ...ofPayment,
    kind: z.literal('payment_failed'),
    failureCode: z.string().max(100),
    /** False if the customer can try again on the same page. */
    isFinal: z.boolean(),
  }),
  z.strictObject({ ...ofPayment, kind: z.literal('payment_expired') }),
  z.strictObject({
    ...ofPayment,
    kind: z.literal('refund_changed'),
    refundReference: z.string().max(255),
    /** Our id of the refund; null for one that was made at the provider by hand. */
    refundId: z.string().max(255).nullable(),
    money,
    status: z.enum(['pending', 'succeeded', 'failed']),
    failureCode: z.string().max(100).nullable(),
  }),
  z.strictObject({ ...ofDispute, kind: z.literal('dispute_opened') }),
  z.strictObject({ ...ofDispute, kind: z.literal('dispute_won') }),
  z.strictObject({ ...ofDispute, kind: z.literal('dispute_lost') }),
  z.strictObject({
    ...named,
    kind: z.literal('method_saved'),
    customerReference: z.string().max(255),
    card: savedCard,
  }),
  z.strictObject({ ...named, kind: z.literal('method_removed'), methodReference: z.string().max(255) }),
  /** Of no interest here. */
  z.strictObject({ ...named, kind: z.literal('other'), type: z.string().max(100) }),
]);
export type PaymentEvent = z.infer<typeof paymentEvent>;
export type PaymentEventOf<Kind extends PaymentEvent['kind']> = Extract<PaymentEvent, { kind: Kind }>;

/** The signature is absent, false, too old or made with another secret: the body is not the provider's. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
}

/** The body is signed, and does not have the form of an event. */
export class EventFormError extends Error {
  override readonly name = 'EventFormError';
}

/** The provider refused, and the same call will be refused again. */
export class PaymentRefused extends Error {
  override readonly name = 'PaymentRefused';
  /** The provider's code: `card_declined`. Never a text of the provider. */
  readonly code: string;

  constructor(code: string, cause?: unknown) {
    super(`the payment provider refused: ${code}`, { cause });
    this.code = code;
  }
}

export interface Checkout {
  /** The provider's id of the page. */
  readonly reference: string;
  /** The provider's id of the payment; null if it gives none before the customer pays. */
  readonly paymentReference: string | null;
  readonly url: string;
  readonly expiresAt: Date;
}

/** What a webhook without a signature says that it is about. None of it is proved. */
export interface WebhookSubject {
  /** Our id of the payment. */
  readonly paymentId: string | null;
  readonly paymentReference: string | null;
  readonly refundReference: string | null;
}

export type ChargeOutcome =
  | { readonly status: 'succeeded' | 'processing'; readonly paymentReference: string }
  | { readonly status: 'declined'; readonly code: string; readonly paymentReference: string | null };

/** The provider's ids of a payment; at least one is not null. */
export interface PaymentReferences {
  readonly paymentReference: string | null;
  /** Of the page; null if it had none, or if the page has the id of its payment. */
  readonly checkoutReference: string | null;
}

export interface RefundOutcome {
  readonly refundReference: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
}

/**
 * A company that moves money. Each call carries our own id, and repeating it with the same id does nothing twice. A
 * call that rejects with anything but `PaymentRefused` may have been carried out: it is repeated, or its event is
 * waited for.
 */
export interface PaymentProvider {
  /** As in the path of its webhook and in the database: `stripe`. */
  readonly name: string;
  /** Of all payments: ISO 4217, in upper case. */
  readonly currency: string;
  /** Returns the provider's id for a customer. */
  createCustomer(organizationId: string): Promise<string>;
  /** Opens a page of the provider where the customer pays. */
  openCheckout(order: {
    paymentId: string;
    customerReference: string;
    money: Money;
    description: string;
    /** The method is kept at the provider for later charges. */
    savesMethod: boolean;
    doneUrl: string;
    cancelUrl: string;
    expiresAt: Date;
  }): Promise<Checkout>;
  /** Charges a saved method while the customer is away. */
  chargeSaved(order: {
    paymentId: string;
    customerReference: string;
    methodReference: string;
    money: Money;
    description: string;
  }): Promise<ChargeOutcome>;
  /** @throws {PaymentRefused} */
  refund(order: { refundId: string; paymentReference: string; money: Money }): Promise<RefundOutcome>;
  /**
   * Asks what became of a payment whose webhook may be lost. Returns events that are the same for the same state; none
   * if nothing is decided or the provider does not know it.
   */
  readPayment(references: PaymentReferences): Promise<PaymentEvent[]>;
  /** Forgets a saved method at the provider; one that is gone already is a success. */
  removeMethod(methodReference: string): Promise<void>;
  /**
   * Checks who sent a webhook, and reads it: its events in their order, none if it is of no interest. The body is the
   * bytes as they came. A provider without signatures is asked for what the body is about.
   * @throws {SignatureError}
   * @throws {EventFormError}
   */
  readEvents(
    body: Uint8Array,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    now: Date,
  ): Promise<PaymentEvent[]>;
}
