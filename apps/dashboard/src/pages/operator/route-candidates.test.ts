import { describe, expect, it } from '@jest/globals';
import { addCandidate, readCandidate } from './route-candidates.ts';

describe('the candidates of a route', () => {
  it('are joined by one that stands in for all of them', () => {
    const first = addCandidate([], { provider: 'mock', model: 'a' });
    const shared = [...first, { provider: 'mock', model: 'b', priority: 0, weight: 3 }];

    expect(addCandidate(shared, { provider: 'mock', model: 'c' })).toEqual([
      { provider: 'mock', model: 'a', priority: 0, weight: 1 },
      { provider: 'mock', model: 'b', priority: 0, weight: 3 },
      { provider: 'mock', model: 'c', priority: 1, weight: 1 },
    ]);
  });

  it.each([
    ['openrouter/openai/gpt-4o', { provider: 'openrouter', model: 'openai/gpt-4o' }],
    ['gpt-4o', null],
    ['/x', null],
    ['x/', null],
  ])('are read from %s', (id, expected) => {
    expect(readCandidate(id)).toEqual(expected);
  });
});
