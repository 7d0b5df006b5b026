import { describe, expect, it } from '@jest/globals';
import { createLoginGuard } from './login-guard.ts';

const create = () =>
  createLoginGuard({
    perAccountPerMinute: 10,
    perAddressPerMinute: 100,
    perAccountInAllPerMinute: 20,
    refreshesPerAddressPerMinute: 2,
    now: () => 0,
  });

describe('the login guard', () => {
  it('limits the guesses for one account from any number of addresses', () => {
    const guard = create();
    for (let at = 0; at < 20; at += 1) guard.admitLogin(`192.0.2.${at}`, 'a@example.com');
    expect(() => guard.admitLogin('198.51.100.1', 'a@example.com')).toThrow('rate_limit_exceeded');
    expect(() => guard.admitLogin('198.51.100.1', 'b@example.com')).not.toThrow();
  });

  it('lets an address in that has logged in to the account before while others guess', () => {
    const guard = create();
    guard.admitLogin('203.0.113.1', 'a@example.com');
    guard.clearLogin('203.0.113.1', 'a@example.com');
    for (let at = 0; at < 19; at += 1) guard.admitLogin(`192.0.2.${at}`, 'a@example.com');
    expect(() => guard.admitLogin('192.0.2.99', 'a@example.com')).toThrow('rate_limit_exceeded');
    expect(() => guard.admitLogin('203.0.113.1', 'a@example.com')).not.toThrow();
  });

  it('limits the refreshes of one address, and not those of another', () => {
    const guard = create();
    guard.admitRefresh('192.0.2.1');
    guard.admitRefresh('192.0.2.1');
    expect(() => guard.admitRefresh('192.0.2.1')).toThrow('rate_limit_exceeded');
    expect(() => guard.admitRefresh('192.0.2.2')).not.toThrow();
  });
});
