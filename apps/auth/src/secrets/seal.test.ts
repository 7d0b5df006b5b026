import { describe, expect, it } from '@jest/globals';
import { deriveSealingKey, open, seal } from './seal.ts';

const key = deriveSealingKey('secret', 'test');

describe('open', () => {
  it('opens what was sealed with the same key for the same context', () => {
    expect(open(key, seal(key, 'tëxt', 'row 1'), 'row 1')).toBe('tëxt');
  });

  it.each([
    ['another key', deriveSealingKey('secret', 'other purpose'), 'row 1'],
    ['another row', key, 'row 2'],
  ])('answers null for %s', (_what, otherKey, context) => {
    expect(open(otherKey, seal(key, 'text', 'row 1'), context)).toBeNull();
  });

  it('answers null where any one bit has changed, or the end is missing', () => {
    const sealed = seal(key, 'text', '');
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = sealed.map((byte, position) => (position === index ? byte ^ 1 : byte));
      expect(open(key, changed, '')).toBeNull();
      expect(open(key, sealed.subarray(0, index), '')).toBeNull();
    }
  });
});
