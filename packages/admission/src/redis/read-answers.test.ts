import { describe, expect, it } from '@jest/globals';
import { readAnswers } from './read-answers.ts';

describe('the answers of a batch', () => {
  it('are lists of integers, sent as texts, up to the largest that a double holds exactly', () => {
    expect(readAnswers([['0', '9007199254740991', '-1'], [1], []])).toEqual([[0, 9_007_199_254_740_991, -1], [1], []]);
  });

  it.each([
    null,
    'OK',
    [['0'], 'OK'],
    [null],
    [['1.5']],
    [['9007199254740992']],
    [['many']],
    [[undefined]],
    [[['1', '2']]],
  ])('are refused as %j', (reply) => {
    expect(() => readAnswers(reply)).toThrow(TypeError);
  });
});
