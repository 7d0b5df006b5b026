import { describe, expect, it } from '@jest/globals';
import { listRekeyed } from './list-rekeyed.ts';

describe('providers with other keys than before', () => {
  it.each([
    ['one for another', ['a'], ['b'], true],
    ['one more', ['a'], ['a', 'b'], true],
    ['one less', ['a', 'b'], ['b'], true],
    ['another order', ['a', 'b'], ['b', 'a'], false],
    ['the same', ['a'], ['a'], false],
  ])('are those with %s', (_name, before, now, isRekeyed) => {
    const others = { name: 'other', credentialRefs: ['a'] };

    const names = listRekeyed(
      [others, { name: 'p', credentialRefs: before }],
      [{ name: 'p', credentialRefs: now }, others],
    );

    expect(names).toEqual(isRekeyed ? ['p'] : []);
  });

  it('are none of those that are new, or gone', () => {
    expect(listRekeyed([{ name: 'gone', credentialRefs: ['a'] }], [{ name: 'new', credentialRefs: ['b'] }])).toEqual(
      [],
    );
  });
});
