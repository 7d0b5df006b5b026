export * from './port.ts';
export { createStripeProvider, type StripeOptions } from './stripe/stripe-provider.ts';
export { createYookassaProvider, type YookassaOptions } from './yookassa/yookassa-provider.ts';
