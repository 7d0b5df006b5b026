import type { ServiceDefinition } from '@aggregator/service-kit';
import { createBillingApp } from './app.ts';
import type { BillingContext } from './billing-context.ts';
import { type BillingConfig, billingVariables, readBillingConfig } from './config.ts';
import { type BillingOverrides, createBillingContext } from './context.ts';

export const billingService: ServiceDefinition<BillingConfig, BillingContext, BillingOverrides> = {
  name: 'billing',
  variables: billingVariables,
  readConfig: readBillingConfig,
  createContext: createBillingContext,
  createApp: createBillingApp,
};

export type { BillingContext } from './billing-context.ts';
export { type BillingConfig, billingVariables } from './config.ts';
export type { BillingOverrides } from './context.ts';
