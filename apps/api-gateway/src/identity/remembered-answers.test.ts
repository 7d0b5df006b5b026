import { describe, expect, it } from '@jest/globals';
import { RememberedAnswers } from './remembered-answers.ts';

describe('RememberedAnswers', () => {
  it('keeps good answers when far more subjects are refused than it remembers (I12)', async () => {
    const asked: string[] = [];
    const answers = new RememberedAnswers<boolean>({
      ask: async (subject) => {
        asked.push(subject);
        return subject === 'good';
      },
      maxAgeMs: () => 1000,
      isRefusal: (isGood) => !isGood,
      entriesMax: 10,
      monotonicNow: () => 0,
    });
    await answers.find('good');

    for (let number = 0; number < 100; number += 1) await answers.find(`invented-${number}`);

    expect(answers.find('good')).toBe(true);
    expect(answers.wasGood('invented-99')).toBe(false);
    expect(asked).toHaveLength(101);
  });

  it('asks again about what it forgot, and still knows that it was good', async () => {
    const state = { isGood: true };
    const answers = new RememberedAnswers<boolean>({
      ask: async () => state.isGood,
      maxAgeMs: () => 1000,
      isRefusal: (isGood) => !isGood,
      entriesMax: 10,
      monotonicNow: () => 0,
    });
    await answers.find('a');

    answers.forgetAll();
    state.isGood = false;

    expect(answers.wasGood('a')).toBe(true);
    expect(await answers.find('a')).toBe(false);
    expect(answers.wasGood('a')).toBe(false);
  });
});
