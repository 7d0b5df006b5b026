import {
  bulkExport,
  bulkExportQuery,
  bulkJob,
  bulkReport,
  bulkReportQuery,
  createBulkRequest,
} from '../management/bulk.ts';
import { createdScimToken, createScimTokenRequest, scimTokenList } from '../management/scim-tokens.ts';
import {
  putSsoProviderRequest,
  signInMethods,
  signInMethodsQuery,
  ssoProvider,
  ssoProviderList,
  ssoTokenAnswer,
  ssoTokenRequest,
  startSsoQuery,
} from '../management/sso.ts';
import type { ApiRoute } from './route.ts';

const open = { tag: 'Single sign-on', needs: 'nothing' } as const;
const operator = { tag: 'Operator', needs: 'tenants.manage' } as const;
const members = { tag: 'Members', needs: 'members.manage' } as const;
const providers = '/v1/auth/sso-providers';
const bulk = '/v1/auth/organization/bulk';
const tenantBulk = '/v1/auth/organizations/{id}/bulk';
const scimTokens = '/v1/auth/organization/scim-tokens';

/** Login through identity providers, their credentials for SCIM, and lists of people. */
export const ssoRoutes: readonly ApiRoute[] = [
  {
    ...{ ...open, method: 'GET', path: '/v1/auth/methods', summary: 'List the ways to log in' },
    ...{ query: signInMethodsQuery, status: 200, answer: signInMethods },
  },
  {
    ...{ ...open, method: 'GET', path: '/v1/auth/sso/{name}/start', summary: 'Begin a login at an identity provider' },
    ...{ query: startSsoQuery, status: 302 },
  },
  {
    ...{ ...open, method: 'GET', path: '/v1/auth/sso/{name}/callback', summary: 'Return from an identity provider' },
    ...{ status: 302 },
  },
  {
    ...{ ...open, method: 'POST', path: '/v1/auth/sso/token', summary: 'Exchange the code of a login for tokens' },
    ...{ body: ssoTokenRequest, status: 200, answer: ssoTokenAnswer, codes: ['invalid_token', 'access_blocked'] },
  },
  {
    ...{ ...operator, method: 'GET', path: providers, summary: 'List identity providers' },
    ...{ status: 200, answer: ssoProviderList },
  },
  {
    ...{ ...operator, method: 'GET', path: `${providers}/{name}`, summary: 'Show an identity provider' },
    ...{ status: 200, answer: ssoProvider },
  },
  {
    ...{ ...operator, method: 'PUT', path: `${providers}/{name}`, summary: 'Create or replace an identity provider' },
    ...{ body: putSsoProviderRequest, status: 200, answer: ssoProvider, codes: ['conflict'], isConditional: true },
  },
  {
    ...{ ...operator, method: 'DELETE', path: `${providers}/{name}`, summary: 'Delete an identity provider' },
    ...{ status: 204, isConditional: true },
  },
  {
    ...{ ...members, method: 'POST', path: scimTokens, summary: 'Create a token for SCIM' },
    ...{ body: createScimTokenRequest, status: 201, answer: createdScimToken, codes: ['conflict'] },
  },
  {
    ...{ ...members, method: 'GET', path: scimTokens, summary: 'List tokens for SCIM' },
    ...{ status: 200, answer: scimTokenList },
  },
  {
    ...{ ...members, method: 'DELETE', path: `${scimTokens}/{id}`, summary: 'Revoke a token for SCIM' },
    ...{ status: 204 },
  },
  {
    ...{ ...members, method: 'POST', path: bulk, summary: 'Add a list of people as a job' },
    ...{ body: createBulkRequest, status: 202, answer: bulkJob, codes: ['conflict'] },
  },
  {
    ...{
      ...members,
      method: 'GET',
      path: `${bulk}/export`,
      summary: 'Export the people of the organisation as such a list',
    },
    ...{ query: bulkExportQuery, status: 200, answer: bulkExport, otherTypes: ['text/csv'] },
  },
  {
    ...{ ...members, method: 'GET', path: `${bulk}/{id}`, summary: 'Show the progress and the report of a list' },
    ...{ query: bulkReportQuery, status: 200, answer: bulkReport },
  },
  {
    ...{ ...operator, method: 'POST', path: tenantBulk, summary: 'Add a list of people to any organisation' },
    ...{ body: createBulkRequest, status: 202, answer: bulkJob, codes: ['conflict'] },
  },
  {
    ...{
      ...operator,
      method: 'GET',
      path: `${tenantBulk}/{jobId}`,
      summary: 'Show the report of a list of any organisation',
    },
    ...{ query: bulkReportQuery, status: 200, answer: bulkReport },
  },
];
