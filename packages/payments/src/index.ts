export * from './port.ts';
export { createStripeProvider, type StripeOptions } from './stripe/stripe-provider.ts';
