import type { ServiceDefinition } from '@aggregator/service-kit';
import { createApiGatewayApp } from './app.ts';
import { type ApiGatewayConfig, readApiGatewayConfig } from './config.ts';
import { type ApiGatewayContext, type ApiGatewayOverrides, createApiGatewayContext } from './context.ts';

export { apiGatewayVariables } from './config.ts';

export const apiGatewayService: ServiceDefinition<ApiGatewayConfig, ApiGatewayContext, ApiGatewayOverrides> = {
  name: 'api-gateway',
  readConfig: readApiGatewayConfig,
  createContext: createApiGatewayContext,
  createApp: createApiGatewayApp,
};
