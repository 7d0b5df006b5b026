import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { instant } from './instant.ts';
import { createApiKeyRequest } from './management/identity.ts';
import { dashboardQuery } from './management/usage.ts';

const send = (expiresAt: string) => createApiKeyRequest.safeParse({ name: 'k', expiresAt }).data?.expiresAt;

describe('a time that a client sends', () => {
  it.each([
    ['2027-01-01T00:00:00Z', '2027-01-01T00:00:00.000Z'],
    ['2027-01-01T00:00:00+03:00', '2026-12-31T21:00:00.000Z'],
    ['2027-01-01T00:00:00.5-09:30', '2027-01-01T09:30:00.500Z'],
    ['2027-01-01t00:00:00z', '2027-01-01T00:00:00.000Z'],
    ['2027-01-01T00:00:00-00:00', '2027-01-01T00:00:00.000Z'],
  ])('is taken with any offset: %s', (text, utc) => {
    expect(send(text)).toBe(utc);
    expect(dashboardQuery.parse({ from: text, to: text })).toMatchObject({ from: utc, to: utc });
  });

  it('is taken from a query in which the plus sign is not encoded', () => {
    expect(dashboardQuery.parse({ from: '2027-01-01T00:00:00 03:00' }).from).toBe('2026-12-31T21:00:00.000Z');
  });

  it.each([
    '2027-01-01',
    '2027-01-01T00:00:00',
    '2027-02-30T00:00:00Z',
    '2027-01-01T25:00:00Z',
    '2027-01-01T00:00:00+3',
    '9999-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00+01:00',
    '1893456000',
    '',
  ])('is rejected without an offset, or when there is no such time: %s', (text) => {
    expect(send(text)).toBeUndefined();
  });

  it('is a date-time in the reference of the API', () => {
    expect(z.toJSONSchema(instant, { io: 'input' })).toMatchObject({ type: 'string', format: 'date-time' });
  });
});
