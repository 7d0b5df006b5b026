import type { ServiceDefinition } from '@aggregator/service-kit';
import { createAuthApp } from './app.ts';
import { type AuthConfig, readAuthConfig } from './config.ts';
import { type AuthContext, type AuthOverrides, createAuthContext } from './context.ts';

export const authService: ServiceDefinition<AuthConfig, AuthContext, AuthOverrides> = {
  name: 'auth',
  readConfig: readAuthConfig,
  createContext: createAuthContext,
  createApp: createAuthApp,
};

export { type AuthConfig, authVariables } from './config.ts';
export type { AuthContext, AuthOverrides } from './context.ts';
