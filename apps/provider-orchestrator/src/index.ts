import type { ServiceDefinition } from '@aggregator/service-kit';
import { createProviderOrchestratorApp } from './app.ts';
import {
  type ProviderOrchestratorConfig,
  providerOrchestratorVariables,
  readProviderOrchestratorConfig,
} from './config.ts';
import {
  createProviderOrchestratorContext,
  type ProviderOrchestratorContext,
  type ProviderOrchestratorOverrides,
} from './context.ts';

export { type ProviderOrchestratorConfig, providerOrchestratorVariables } from './config.ts';
export type { ProviderOrchestratorContext, ProviderOrchestratorOverrides } from './context.ts';

export const providerOrchestratorService: ServiceDefinition<
  ProviderOrchestratorConfig,
  ProviderOrchestratorContext,
  ProviderOrchestratorOverrides
> = {
  name: 'provider-orchestrator',
  variables: providerOrchestratorVariables,
  readConfig: readProviderOrchestratorConfig,
  createContext: createProviderOrchestratorContext,
  createApp: createProviderOrchestratorApp,
};
