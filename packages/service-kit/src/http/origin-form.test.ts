import { describe, expect, it } from '@jest/globals';
import { toOriginForm } from './origin-form.ts';

describe('toOriginForm', () => {
  it.each([
    ['/v1/models?x=1', '/v1/models?x=1'],
    ['http://x/v1/users/profile', '/v1/users/profile'],
    ['HTTPS://user@x:443/v1/models?next=http://y/z', '/v1/models?next=http://y/z'],
    ['http://x', '/'],
    ['http://x?limit=1', '/?limit=1'],
    ['http://x//v1/models', '//v1/models'],
    ['*', '*'],
    ['ftp://x/v1/models', 'ftp://x/v1/models'],
  ])('reads %s as %s', (target, origin) => {
    expect(toOriginForm(target)).toBe(origin);
  });
});
