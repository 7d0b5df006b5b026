export { createFakeStripe, type FakeStripe } from './fake-stripe.ts';
export { type FakeStripeEvent, type SignedEvent, signStripeEvent } from './fake-stripe-events.ts';
