import type { ServiceDefinition } from '@aggregator/service-kit';
import { createProviderOperatorApp } from './app.ts';
import { type ProviderOperatorConfig, providerOperatorVariables, readProviderOperatorConfig } from './config.ts';
import {
  createProviderOperatorContext,
  type ProviderOperatorContext,
  type ProviderOperatorOverrides,
} from './context.ts';

export { type ProviderOperatorConfig, providerOperatorVariables } from './config.ts';
export type { ProviderOperatorContext, ProviderOperatorOverrides } from './context.ts';

export const providerOperatorService: ServiceDefinition<
  ProviderOperatorConfig,
  ProviderOperatorContext,
  ProviderOperatorOverrides
> = {
  name: 'provider-operator',
  variables: providerOperatorVariables,
  readConfig: readProviderOperatorConfig,
  createContext: createProviderOperatorContext,
  createApp: createProviderOperatorApp,
};
