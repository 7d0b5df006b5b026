import { routingState } from '../internal/proxy-report.ts';
import {
  createProviderRequest,
  listByNameQuery,
  providerChange,
  providerDetail,
  providerPage,
  putModelsRequest,
  removal,
  updateProviderRequest,
} from '../management/providers.ts';
import { putRouteRequest, routeChange, routePage, routeRow } from '../management/routes.ts';
import { modelList } from '../openai/models.ts';
import type { ApiRoute } from './route.ts';

const providers = { tag: 'Providers', needs: 'providers.manage' } as const;
const routes = { tag: 'Routes', needs: 'providers.manage' } as const;
const base = '/v1/orchestrator';
/** What a change of an object that the environment or Kubernetes declares returns. */
const codes = ['conflict'] as const;

/** Providers, their models and routes. */
export const providerRoutes: readonly ApiRoute[] = [
  {
    ...{
      tag: 'Models',
      method: 'GET',
      path: `${base}/models`,
      summary: 'List the models that are served, with prices',
    },
    ...{ needs: 'models.call', status: 200, answer: modelList },
  },
  {
    ...{
      ...providers,
      method: 'GET',
      path: `${base}/state`,
      summary: 'Show what proxies serve and how providers answer',
    },
    ...{ status: 200, answer: routingState },
  },
  {
    ...{ ...providers, method: 'GET', path: `${base}/providers`, summary: 'List providers by name' },
    ...{ query: listByNameQuery, status: 200, answer: providerPage },
  },
  {
    ...{ ...providers, method: 'POST', path: `${base}/providers`, summary: 'Create a provider' },
    ...{ body: createProviderRequest, status: 201, answer: providerChange, codes: ['conflict', 'invalid_base_url'] },
  },
  {
    ...{ ...providers, method: 'GET', path: `${base}/providers/{name}`, summary: 'Show a provider' },
    ...{ status: 200, answer: providerDetail },
  },
  {
    ...{ ...providers, method: 'PATCH', path: `${base}/providers/{name}`, summary: 'Change a provider' },
    ...{ body: updateProviderRequest, status: 200, answer: providerChange, codes, isConditional: true },
  },
  {
    ...{ ...providers, method: 'DELETE', path: `${base}/providers/{name}`, summary: 'Delete a provider' },
    ...{ status: 200, answer: removal, codes, isConditional: true },
  },
  {
    ...{ ...providers, method: 'PUT', path: `${base}/providers/{name}/models`, summary: 'Replace the models of one' },
    ...{ body: putModelsRequest, status: 200, answer: providerChange, codes, isConditional: true },
  },
  {
    ...{ ...routes, method: 'GET', path: `${base}/routes`, summary: 'List routes by name' },
    ...{ query: listByNameQuery, status: 200, answer: routePage },
  },
  {
    ...{ ...routes, method: 'GET', path: `${base}/routes/{name}`, summary: 'Show a route' },
    ...{ status: 200, answer: routeRow },
  },
  {
    ...{ ...routes, method: 'PUT', path: `${base}/routes/{name}`, summary: 'Create or replace a route' },
    ...{ body: putRouteRequest, status: 200, answer: routeChange, codes, isConditional: true },
  },
  {
    ...{ ...routes, method: 'DELETE', path: `${base}/routes/{name}`, summary: 'Delete a route' },
    ...{ status: 200, answer: removal, codes, isConditional: true },
  },
];
