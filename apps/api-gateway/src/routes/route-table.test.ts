import { describe, expect, it } from '@jest/globals';
import { findAiRoute, findManagementRoute, toCanonicalPath } from './route-table.ts';

describe('toCanonicalPath', () => {
  it.each([
    ['/v1/chat/completions', '/v1/chat/completions'],
    ['/api/v1/chat/completions', '/v1/chat/completions'],
    ['/auth/api-keys', '/v1/auth/api-keys'],
    ['/billing/balance/0193c5a0', '/v1/billing/balance/0193c5a0'],
    ['/proxy/openai/chat/completions', '/v1/proxy/openai/chat/completions'],
    ['/api/v1/messages', '/v1/messages'],
    ['/v1/models/openai%2Fgpt-4o', '/v1/models/openai%2Fgpt-4o'],
  ])('reads %s as %s', (path, canonical) => {
    expect(toCanonicalPath(path)).toBe(canonical);
  });

  it.each([
    '/v1/../admin',
    '/v1/%2e%2e/admin',
    '//v1/chat/completions',
    '/v1//chat/completions',
    '/v1/chat%2Fcompletions',
    '/v1/models/..%2F..%2Finternal',
    '/v1\\chat',
    '/v1/auth/.',
    '/v1/auth/%00',
  ])('judges nothing by the tricky path %s', (path) => {
    expect(toCanonicalPath(path)).toBeNull();
  });
});

describe('routes', () => {
  it('knows the AI surface exactly', () => {
    expect(findAiRoute('/v1/chat/completions')?.methods).toEqual(['POST']);
    expect(findAiRoute('/v1/models/gpt-4o')?.methods).toEqual(['GET']);
    expect(findAiRoute('/v1/responses/resp_1')?.methods).toEqual(['GET', 'DELETE']);
    expect(findAiRoute('/v1/responses/resp_1/input_items')?.methods).toEqual(['GET']);
    expect(findAiRoute('/v1/responses/resp_1/cancel')?.methods).toEqual(['POST']);
    for (const path of ['', '/input_items', '/cancel']) {
      expect(findAiRoute(`/v1/responses/resp_1${path}`)?.isCounted).toBe(false);
    }
    expect(findAiRoute('/v1/responses/resp_1/else')).toBeUndefined();
    expect(findAiRoute('/v1/chat/completions/')).toBeUndefined();
    expect(findAiRoute('/v1/CHAT/completions')).toBeUndefined();
    expect(findAiRoute('/v1/models/')).toBeUndefined();
  });

  it.each([
    ['/v1/completions', 'POST', 'openai'],
    ['/v1/embeddings', 'POST', 'openai'],
    ['/v1/images/generations', 'POST', 'openai'],
    ['/v1/responses', 'POST', 'openai'],
    ['/v1/messages', 'POST', 'anthropic'],
    ['/v1/messages/count_tokens', 'POST', 'anthropic'],
    ['/v1/capabilities', 'GET', 'openai'],
    ['/v1/proxy/openai/chat/completions', 'POST', 'openai'],
  ])('serves %s by %s with the errors of %s', (path, method, errors) => {
    const isCounted = method === 'POST' && path !== '/v1/messages/count_tokens';
    expect(findAiRoute(path)).toEqual({ methods: [method], scope: 'ai:invoke', errors, isCounted });
  });

  it.each([
    '/v1/proxy//chat/completions',
    '/v1/proxy/openai/embeddings',
    '/v1/proxy/openai/x/chat/completions',
    '/v1/messages/batches',
  ])('does not serve %s', (path) => {
    expect(findAiRoute(path)).toBeUndefined();
  });

  it('sends each part of the management API to its service, and only sign-in parts for strangers', () => {
    expect(findManagementRoute('/v1/auth/login')).toMatchObject({ service: 'auth', isPublic: true });
    expect(findManagementRoute('/v1/auth/sso/acme/start')).toMatchObject({ isPublic: true, cookie: 'aggregator_sso' });
    expect(findManagementRoute('/v1/auth/sso-providers')).toMatchObject({ service: 'auth', isPublic: false });
    expect(findManagementRoute('/v1/auth/loginx')).toMatchObject({ service: 'auth', isPublic: false });
    expect(findManagementRoute('/v1/auth/api-keys')).toMatchObject({ service: 'auth', isPublic: false });
    expect(findManagementRoute('/v1/users/usage')).toMatchObject({ service: 'analytics', isPublic: false });
    expect(findManagementRoute('/v1/users/profile')).toMatchObject({ service: 'auth', isPublic: false });
    expect(findManagementRoute('/v1/billing/balance')).toMatchObject({ service: 'billing', isPublic: false });
    expect(findManagementRoute('/internal/keys/verify')).toBeUndefined();
    expect(findManagementRoute('/v1/billingx')).toBeUndefined();
  });
});
