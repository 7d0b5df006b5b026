import type { ServiceDefinition } from '@aggregator/service-kit';
import { createAuthApp } from './app.ts';
import type { AuthContext } from './auth-context.ts';
import { type AuthConfig, authVariables, readAuthConfig } from './config.ts';
import { type AuthOverrides, createAuthContext } from './context.ts';

export const authService: ServiceDefinition<AuthConfig, AuthContext, AuthOverrides> = {
  name: 'auth',
  variables: authVariables,
  readConfig: readAuthConfig,
  createContext: createAuthContext,
  createApp: createAuthApp,
};

export type { AuthContext } from './auth-context.ts';
export { type AuthConfig, authVariables } from './config.ts';
export type { AuthOverrides } from './context.ts';
