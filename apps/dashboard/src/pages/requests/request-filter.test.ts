import { describe, expect, it } from '@jest/globals';
import { toFilter } from './request-filter.ts';

describe('a filter of requests', () => {
  it('has the fields of an address or a form that say something, and no others', () => {
    const given = { model: ' gpt-4o ', provider: '', keyId: undefined, outcome: 'failed', id: 'x', teamId: ['a'] };
    expect(toFilter(given)).toEqual({ model: 'gpt-4o', outcome: 'failed' });
    // The router reads a name of digits as a number.
    expect(toFilter({ model: 4 })).toEqual({ model: '4' });
  });
});
