import { describe, expect, it } from '@jest/globals';
import { providerAdapters } from '../registry.ts';
import { findRetirement } from './index.ts';
import { RetirementTable } from './retirement.ts';

const nowMs = Date.UTC(2026, 10, 30);
const rows = providerAdapters.flatMap(({ facts }) => facts.retirements ?? []);

describe('the lifecycle of models', () => {
  it('holds each model once, with a day, a source and a successor that is not retired', () => {
    const names = rows.flatMap(({ models }) => models);
    expect(new Set(names).size).toBe(names.length);
    for (const { models, retiredOn, source } of rows) {
      expect([models, new Date(retiredOn).toISOString().slice(0, 10)]).toEqual([models, retiredOn]);
      expect(source).toMatch(/^https:\/\//);
      for (const model of models) {
        const retirement = findRetirement(null, model, Date.parse('2100-01-01'));
        expect(retirement?.successor).toEqual(expect.any(String));
        expect(findRetirement(null, retirement?.successor ?? '', Date.parse('2100-01-01'))).toBeNull();
      }
    }
  });

  it('keeps a model through its last day', () => {
    expect(findRetirement('OpenAI', 'gpt-4', Date.parse('2026-10-23T23:59:59Z'))).toBeNull();
    expect(findRetirement('OpenAI', 'gpt-4', Date.parse('2026-10-24T00:00:00Z'))).toEqual({
      ...{ model: 'gpt-4', retiredOn: '2026-10-23', successor: 'gpt-4.1' },
    });
  });

  it('knows the models that were in use longest, by every vendor or by one', () => {
    const models = ['dall-e-3', 'dall-e-2', 'claude-3-opus-20240229', 'gemini-pro', 'gpt-4', 'gpt-3.5-turbo'];
    expect(models.filter((model) => findRetirement(null, model, nowMs) === null)).toEqual([]);
    expect(findRetirement('Anthropic', 'gpt-4', nowMs)).toBeNull();
    expect(findRetirement('OpenRouter', 'gpt-4', nowMs)).toBeNull();
    expect(findRetirement(null, 'text-embedding-ada-002', nowMs)).toBeNull();
  });

  it('follows a successor that was retired itself, and ends where a table goes in a circle', () => {
    const row = (model: string, successor: string) => ({
      ...{ models: [model], retiredOn: '2026-01-01', successor, source: 'x' },
    });
    const table = new RetirementTable([row('a', 'b'), row('b', 'c'), row('x', 'y'), row('y', 'x')]);
    expect(table.find('a', nowMs)?.successor).toBe('c');
    expect(table.find('x', nowMs)?.successor).toBeNull();
  });
});
