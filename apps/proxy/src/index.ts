import type { ServiceDefinition } from '@aggregator/service-kit';
import { createProxyApp } from './app.ts';
import { type ProxyConfig, proxyVariables, readProxyConfig } from './config.ts';
import { createProxyContext, type ProxyOverrides } from './context.ts';
import type { ProxyContext } from './proxy-context.ts';

export { type ProxyConfig, proxyVariables } from './config.ts';
export type { ProxyOverrides } from './context.ts';
export type { ProxyContext } from './proxy-context.ts';

export const proxyService: ServiceDefinition<ProxyConfig, ProxyContext, ProxyOverrides> = {
  name: 'proxy',
  variables: proxyVariables,
  readConfig: readProxyConfig,
  createContext: createProxyContext,
  createApp: createProxyApp,
};
