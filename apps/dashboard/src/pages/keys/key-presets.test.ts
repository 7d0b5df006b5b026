import { describe, expect, it } from '@jest/globals';
import { dayAfter, presets, toKeyRequest } from './key-presets.ts';

describe('the request of a new key', () => {
  const [program, trial] = presets;

  it('has nothing that was not chosen', () => {
    if (program === undefined) throw new Error('no preset');
    const empty = { models: '', addresses: ' ', origins: '', expires: '', teamId: '', requestsPerMinute: '' };

    expect(toKeyRequest({ name: 'x', ...empty }, program)).toEqual({ name: 'x', scopes: ['ai:invoke'] });
  });

  it('has every restriction that was', () => {
    if (trial === undefined) throw new Error('no preset');
    const form = {
      ...{ name: 'x', models: 'a\n b ,c', addresses: '10.0.0.0/8', origins: 'https://app.example', teamId: 'team' },
      ...{ expires: '2026-12-07', requestsPerMinute: '20', tokensPerMinute: '', concurrentRequests: '2' },
    };

    expect(toKeyRequest(form, trial)).toEqual({
      ...{ name: 'x', scopes: ['ai:invoke'], models: ['a', 'b', 'c'], allowedIps: ['10.0.0.0/8'] },
      ...{ allowedOrigins: ['https://app.example'], teamId: 'team' },
      expiresAt: new Date('2026-12-07T23:59:59').toISOString(),
      limits: { requestsPerMinute: 20, concurrentRequests: 2 },
    });
  });

  it('counts days of the calendar', () => {
    expect(dayAfter(7, new Date(2026, 11, 28, 23, 59))).toBe('2027-01-04');
  });
});
