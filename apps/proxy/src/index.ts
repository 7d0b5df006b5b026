import type { ServiceDefinition } from '@aggregator/service-kit';
import { createProxyApp } from './app.ts';
import { type ProxyConfig, readProxyConfig } from './config.ts';
import { createProxyContext, type ProxyContext, type ProxyOverrides } from './context.ts';

export { type ProxyConfig, proxyVariables } from './config.ts';
export type { ProxyContext, ProxyOverrides } from './context.ts';

export const proxyService: ServiceDefinition<ProxyConfig, ProxyContext, ProxyOverrides> = {
  name: 'proxy',
  readConfig: readProxyConfig,
  createContext: createProxyContext,
  createApp: createProxyApp,
};
