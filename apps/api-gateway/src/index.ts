import { defaultServerBounds, type ServiceDefinition } from '@aggregator/service-kit';
import { createApiGatewayApp } from './app.ts';
import { type ApiGatewayConfig, apiGatewayVariables, readApiGatewayConfig } from './config.ts';
import { type ApiGatewayContext, type ApiGatewayOverrides, createApiGatewayContext } from './context.ts';

export { apiGatewayVariables } from './config.ts';

export const apiGatewayService: ServiceDefinition<ApiGatewayConfig, ApiGatewayContext, ApiGatewayOverrides> = {
  name: 'api-gateway',
  variables: apiGatewayVariables,
  readConfig: readApiGatewayConfig,
  createContext: createApiGatewayContext,
  createApp: createApiGatewayApp,
  boundServer: ({ config, events }) => ({
    ...defaultServerBounds,
    connections: {
      totalMax: config.connectionsMax,
      // Behind our own proxies every socket has their address: then the shares of the pools bound each client.
      perAddressMax: config.trustedProxyHops === 0 ? config.connectionsPerAddressMax : null,
      onRefused: () => events.connectionsRefused.inc(),
    },
    onStalled: () => events.stalledAnswers.inc(),
  }),
};
