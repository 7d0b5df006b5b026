import { describe, expect, it } from '@jest/globals';
import { compareSources } from './compare-sources.ts';

const name = { provider: 'openai', model: 'gpt' };
const list = { inputUncached: '100', outputText: '200' };

describe('differences between sources of prices', () => {
  it('are none where all that have a price of the model say the same', () => {
    expect(compareSources([{ ...name, catalogue: list, declared: list, cost: null }], 10)).toEqual([]);
    expect(compareSources([{ ...name, catalogue: null, declared: list, cost: null }], 10)).toEqual([]);
  });

  it('name the rate and what each source says, also where one lacks it', () => {
    const declared = { inputUncached: '110', outputText: '200' };
    const cost = { inputUncached: '90' };

    expect(compareSources([{ ...name, catalogue: list, declared, cost }], 10)).toEqual([
      {
        ...{ ...name, component: 'inputUncached', cataloguePicoUsd: '100' },
        ...{ declaredPicoUsd: '110', costPicoUsd: '90' },
      },
      {
        ...{ ...name, component: 'outputText', cataloguePicoUsd: '200' },
        ...{ declaredPicoUsd: '200', costPicoUsd: null },
      },
    ]);
  });

  it('are at most as many as are asked for', () => {
    const model = { ...name, catalogue: list, declared: { inputUncached: '1', outputText: '1' }, cost: null };

    expect(compareSources([model, model], 3)).toHaveLength(3);
  });
});
