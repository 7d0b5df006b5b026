import type { IncomingMessage } from 'node:http';
import { AppError, type Principal } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { authorise, isAllowedAddress } from './authorise.ts';
import { readClientAddress } from './client-address.ts';

const principal: Principal = {
  orgId: '0193c5a0-0000-7000-8000-000000000001',
  userId: '0193c5a0-0000-7000-8000-000000000002',
  keyId: null,
  scopes: ['ai:invoke'],
  models: null,
  limits: { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null },
};

describe('authorise', () => {
  it('lets in who has the scope and comes from an allowed address', () => {
    expect(() =>
      authorise({ principal, allowedIps: ['10.0.0.0/8'] }, 'ai:invoke', { clientIp: '10.1.2.3', origin: undefined }),
    ).not.toThrow();
  });

  it('refuses a missing scope and a foreign address', () => {
    expect(() =>
      authorise({ principal, allowedIps: null }, 'billing:manage', { clientIp: '10.1.2.3', origin: undefined }),
    ).toThrow(AppError);
    expect(() =>
      authorise({ principal, allowedIps: ['10.0.0.0/8'] }, 'ai:invoke', { clientIp: '11.1.2.3', origin: undefined }),
    ).toThrow(AppError);
  });

  it('compares single addresses and ranges of both families', () => {
    expect(isAllowedAddress(['192.168.1.7'], '192.168.1.7')).toBe(true);
    expect(isAllowedAddress(['192.168.1.7'], '192.168.1.70')).toBe(false);
    expect(isAllowedAddress(['2001:db8::/32'], '2001:db8::1')).toBe(true);
    expect(isAllowedAddress(['2001:db8::/32'], '2001:db9::1')).toBe(false);
  });
});

describe('readClientAddress', () => {
  const from = (remoteAddress: string, forwarded?: string) =>
    ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

  it('believes only the socket if we have no proxy before us', () => {
    expect(readClientAddress(from('::ffff:1.2.3.4', '9.9.9.9'), 0)).toBe('1.2.3.4');
  });

  it('takes the address that our own proxies saw, and ignores what the client wrote before it', () => {
    expect(readClientAddress(from('10.0.0.1', '6.6.6.6, 1.2.3.4'), 1)).toBe('1.2.3.4');
    expect(readClientAddress(from('10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.9'), 2)).toBe('1.2.3.4');
  });

  it('falls back to the socket where the header is missing, too short or no address', () => {
    expect(readClientAddress(from('10.0.0.1'), 1)).toBe('10.0.0.1');
    expect(readClientAddress(from('10.0.0.1', '1.2.3.4'), 2)).toBe('10.0.0.1');
    expect(readClientAddress(from('10.0.0.1', 'evil'), 1)).toBe('10.0.0.1');
  });
});
