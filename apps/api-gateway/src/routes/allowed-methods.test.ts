import { apiRoutes } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { findAllowedMethods, toAllow } from './allowed-methods.ts';

describe('the methods of a path', () => {
  it('have the method of every route, with any parameter', () => {
    const missing = apiRoutes.filter(
      ({ method, path }) => findAllowedMethods(path.replace(/\{\w+\}/g, 'a-1'))?.has(method) !== true,
    );
    expect(missing).toEqual([]);
  });

  it.each([
    ['/v1/billing/balance', 'GET, HEAD'],
    ['/v1/billing/balance/', 'GET, HEAD'],
    ['/v1/auth/login', 'POST'],
    ['/v1/auth/api-keys', 'GET, HEAD, POST'],
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
