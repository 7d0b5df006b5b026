import { describe, expect, it } from '@jest/globals';
import { DroppedParams } from '../fields/dropped-params.ts';
import { traitsOf } from './model-traits.ts';
import { toThinkingConfig } from './thinking.ts';

function think(model: string, request: Parameters<typeof toThinkingConfig>[0]) {
  const dropped = new DroppedParams();
  const config = toThinkingConfig(request, traitsOf(model), dropped);
  return { config, dropped: dropped.names };
}

const shown = (config: object) => ({ config: { ...config, includeThoughts: true }, dropped: [] });

describe('the thinking that is asked of a Gemini model', () => {
  it.each([
    ['gemini-2.5-pro', 'low', { thinkingBudget: 1024 }],
    ['gemini-2.5-pro', 'xhigh', { thinkingBudget: 24_576 }],
    ['gemini-2.5-flash', 'medium', { thinkingBudget: 8192 }],
    ['gemini-3-pro-preview', 'medium', { thinkingLevel: 'HIGH' }],
    ['gemini-3.1-pro-preview', 'medium', { thinkingLevel: 'MEDIUM' }],
    ['gemini-3.1-pro-preview', 'minimal', { thinkingLevel: 'LOW' }],
    ['gemini-3-flash-preview', 'minimal', { thinkingLevel: 'MINIMAL' }],
    ['gemini-3.6-flash', 'minimal', { thinkingLevel: 'MINIMAL' }],
    ['gemini-3.8-flash', 'minimal', { thinkingLevel: 'LOW' }],
    ['gemini-4-argon', 'max', { thinkingLevel: 'HIGH' }],
    ['gemini-3.1-flash-image', 'low', { thinkingLevel: 'HIGH' }],
    ['our-alias', 'low', { thinkingLevel: 'LOW' }],
  ])('is for %s at %s %j', (model, effort, config) => {
    expect(think(model, { reasoning_effort: effort })).toEqual(shown(config));
    expect(think(model, { reasoning: { effort } })).toEqual(shown(config));
  });

  it('is a budget within what the model takes, or the level that stands for it', () => {
    expect(think('gemini-2.5-pro', { reasoning: { max_tokens: 5 } })).toEqual(shown({ thinkingBudget: 128 }));
    expect(think('gemini-2.5-flash-lite', { reasoning: { max_tokens: 9e6 } })).toEqual(
      shown({ thinkingBudget: 24_576 }),
    );
    expect(think('gemini-4-argon', { reasoning: { max_tokens: 1000 } })).toEqual(shown({ thinkingLevel: 'LOW' }));
    expect(think('gemini-4-argon', { reasoning: { max_tokens: 30_000 } })).toEqual(shown({ thinkingLevel: 'HIGH' }));
  });

  it('is left to the model where it is only turned on, and not shown where it is to be hidden', () => {
    expect(think('gemini-2.5-pro', { reasoning: { enabled: true } })).toEqual(shown({ thinkingBudget: -1 }));
    expect(think('gemini-4-argon', { reasoning: { enabled: true } })).toEqual(shown({}));
    expect(think('gemini-4-argon', { reasoning: { effort: 'low', exclude: true } }).config).toEqual({
      thinkingLevel: 'LOW',
      includeThoughts: false,
    });
    expect(think('gemini-4-argon', { reasoning: {} })).toEqual({ config: null, dropped: [] });
  });

  it('is off if the model allows that, and else the least that it allows, which is reported', () => {
    expect(think('gemini-2.5-flash', { reasoning_effort: 'none' })).toEqual({
      config: { thinkingBudget: 0 },
      dropped: [],
    });
    expect(think('gemini-2.5-flash', { reasoning: { enabled: false } }).config).toEqual({ thinkingBudget: 0 });
    const least = { config: { thinkingBudget: 128 }, dropped: ['reasoning'] };
    expect(think('gemini-2.5-pro', { reasoning: { max_tokens: 0 } })).toEqual(least);
    expect(think('gemini-3-flash-preview', { reasoning_effort: 'none' })).toEqual({
      config: { thinkingLevel: 'MINIMAL' },
      dropped: ['reasoning_effort'],
    });
  });

  it('is dropped where the model does not think', () => {
    for (const model of ['gemini-2.0-flash', 'gemini-2.5-flash-image']) {
      expect(think(model, { reasoning_effort: 'high' })).toEqual({ config: null, dropped: ['reasoning_effort'] });
      expect(think(model, { reasoning_effort: 'none' })).toEqual({ config: null, dropped: [] });
    }
  });
});
