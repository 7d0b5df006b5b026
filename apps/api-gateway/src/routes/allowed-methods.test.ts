import { describe, expect, it } from '@jest/globals';
import { findAllowedMethods, toAllow } from './allowed-methods.ts';

describe('the methods of a path', () => {
  it.each([
    ['/v1/billing/balance', 'GET, HEAD'],
    ['/v1/billing/balance/', 'GET, HEAD'],
    ['/v1/auth/login', 'POST'],
    ['/v1/auth/api-keys', 'GET, HEAD, POST'],
    ['/v1/auth/api-keys/a-1', 'DELETE, GET, HEAD'],
    ['/v1/auth/api-keys/a-1/rotate', 'POST'],
    ['/v1/orchestrator/prices/a-1', 'DELETE'],
    ['/v1/orchestrator/prices/differences', 'GET, HEAD'],
    ['/v1/auth/organization/bulk/export', 'GET, HEAD'],
  ])('of %s are %s', (path, allow) => {
    expect(toAllow(findAllowedMethods(path) ?? [])).toBe(allow);
  });

  it.each(['/v1/billing', '/v1/billing/balance/x/y/z', '/v1/billing/unknown', '/v1/xauth/login'])(
    'of %s are unknown',
    (path) => {
      expect(findAllowedMethods(path)).toBeNull();
    },
  );
});
