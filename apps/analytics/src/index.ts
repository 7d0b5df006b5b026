import type { ServiceDefinition } from '@aggregator/service-kit';
import { createAnalyticsApp } from './app.ts';
import { type AnalyticsConfig, analyticsVariables, readAnalyticsConfig } from './config.ts';
import { type AnalyticsContext, type AnalyticsOverrides, createAnalyticsContext } from './context.ts';

export { type AnalyticsConfig, analyticsVariables } from './config.ts';
export type { AnalyticsContext, AnalyticsOverrides } from './context.ts';

export const analyticsService: ServiceDefinition<AnalyticsConfig, AnalyticsContext, AnalyticsOverrides> = {
  name: 'analytics',
  variables: analyticsVariables,
  readConfig: readAnalyticsConfig,
  createContext: createAnalyticsContext,
  createApp: createAnalyticsApp,
};
