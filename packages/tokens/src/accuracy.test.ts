import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type CountBudget, defaultBudget } from './count-text.ts';
import { estimateAnswer, estimatePrompt, methodOf } from './estimate-tokens.ts';

const read = (name: string) => readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), 'utf8');
const counts = z.record(z.string(), z.record(z.string(), z.number()));
const golden = z
  .object({ counts, long: z.object({ characters: z.number(), 'gpt-4o': z.number() }) })
  .parse(JSON.parse(read('golden.json')));
const text = Object.fromEntries(Object.keys(golden.counts).map((name) => [name, read(`${name}.txt`)]));
const unhurried: CountBudget = { ...defaultBudget, now: () => 0 };

const errorPercent = (estimate: number, truth: number) => (100 * (estimate - truth)) / truth;
const estimate = (name: string, model: string) => {
  const known = text[name] ?? '';
  return estimateAnswer([known], known.length, model, unhurried);
};

/** Every text at every model: what is estimated, by what other libraries count. */
const errors = Object.entries(golden.counts).flatMap(([name, byModel]) =>
  Object.entries(byModel).map(([model, truth]) => ({
    ...{ name, model },
    percent: errorPercent(estimate(name, model), truth),
  })),
);
const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

describe('an estimate of tokens', () => {
  it('is within 5 percent of the true count in the median, and within 20 percent at worst', () => {
    expect(errors.length).toBeGreaterThanOrEqual(56);
    expect(median(errors.map(({ percent }) => Math.abs(percent)))).toBeLessThanOrEqual(5);
    expect(errors.filter(({ percent }) => Math.abs(percent) > 20)).toEqual([]);
  });

  it.each(Object.keys(golden.counts))('is within 1 percent for GPT-4o and a text of %s', (name) => {
    const [own] = errors.filter((error) => error.name === name && error.model === 'gpt-4o');
    expect(Math.abs(own?.percent ?? 100)).toBeLessThanOrEqual(1);
  });

  it.each(Object.keys(golden.counts))('is within the band that it carries for a text of %s', (name) => {
    for (const { model, percent } of errors.filter((error) => error.name === name)) {
      expect([model, Math.abs(percent) <= methodOf(model).errorBandPercent]).toEqual([model, true]);
    }
  });

  it('is within 5 percent of a long text of many kinds, of which it counts samples', () => {
    const kinds = ['english', 'code', 'chinese', 'json', 'russian', 'reasoning'];
    const long = kinds.map((kind) => (text[kind] ?? '').repeat(45)).join('\n');
    expect(long).toHaveLength(golden.long.characters);

    const tokens = estimateAnswer([long], long.length, 'gpt-4o', unhurried);
    expect(Math.abs(errorPercent(tokens, golden.long['gpt-4o']))).toBeLessThanOrEqual(5);
  });

  it.each(Object.keys(golden.counts))('is the same however a stream cuts a text of %s', (name) => {
    const known = text[name] ?? '';
    const whole = estimate(name, 'gpt-4o');
    const cuts = { 'after each space': known.split(/(?<= )/), anywhere: known.match(/.{1,3}/gsu) ?? [] };
    for (const [how, chunks] of Object.entries(cuts)) {
      const tokens = estimateAnswer(chunks, known.length, 'gpt-4o', unhurried);
      expect([how, tokens]).toEqual([how, whole]);
    }
  });

  it('is never more than the bytes of the text, which is what is held', () => {
    for (const [name, known] of Object.entries(text)) {
      for (const model of ['gpt-4o', 'gpt-4', 'claude-sonnet-4-5', 'gemini-2.5-flash', 'own-model']) {
        expect([name, model, estimate(name, model) <= Buffer.byteLength(known)]).toEqual([name, model, true]);
      }
    }
  });

  it('counts messages, tools and pictures of a prompt, and no envelope', () => {
    const picture = { url: 'https://example.com/cat.png', detail: 'high' };
    const prompt = { texts: ['hello'], messages: 1, tools: [], pictures: [] };

    expect(estimatePrompt(prompt, 'gpt-4o', unhurried)).toBe(8);
    const withTools = estimatePrompt({ ...prompt, tools: [text.tools ?? ''] }, 'gpt-4o', unhurried);
    expect(Math.abs(errorPercent(withTools, 8 + (golden.counts.tools?.['gpt-4o'] ?? 0)))).toBeLessThanOrEqual(1);
    expect(estimatePrompt({ ...prompt, pictures: [picture] }, 'gpt-4o', unhurried)).toBe(8 + 765);
    expect(estimatePrompt({ ...prompt, pictures: [{ ...picture, detail: 'low' }] }, 'gpt-4o', unhurried)).toBe(8 + 85);
  });

  it('takes text that looks like a special token for text', () => {
    expect(estimateAnswer(['<|endoftext|>'], 13, 'gpt-4o', unhurried)).toBeGreaterThan(3);
  });

  it.each(['a'.repeat(2_000_000), '字'.repeat(1_000_000), `${'x9_'.repeat(400_000)}`])(
    'ends in time for a long text without white space',
    (long) => {
      let begun = 0;
      // Each look at the clock is 1 ms: the budget ends by its samples.
      const tokens = estimateAnswer([long], long.length, 'gpt-4o', { ...defaultBudget, now: () => begun++ });
      expect(tokens).toBeGreaterThan(0);
      expect(begun).toBeLessThan(20);
    },
  );
});
