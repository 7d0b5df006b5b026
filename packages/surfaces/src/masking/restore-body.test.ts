import { compilePolicy, maskTexts } from '@aggregator/anonymisation';
import { describe, expect, it } from '@jest/globals';
import { createChunkEventRestorer } from '../chat-completions/chunk-events.ts';

const { vault } = maskTexts(['anna@example.com'], compilePolicy({ mode: 'mask' }));

describe('a chunk of a masked chat', () => {
  it('has the values beside its choices, too, and the fragments of its choices once', () => {
    const restorer = createChunkEventRestorer(vault);
    const chunk = (content: string, reason: string) =>
      `{"choices":[{"index":0,"delta":{"content":"${content}"},"finish_reason":${reason}}],"sources":[{"title":"[EMAIL_1]","n":1.0}]}`;
    const take = (data: string) => restorer.take({ head: '', data }).map(({ data: text }) => text);
    const restored = (text: string) => text.replace('[EMAIL_1]', 'anna@example.com');
    expect(take(chunk('row', 'null'))).toEqual([restored(chunk('row', 'null'))]);
    // Behind a word, so that it is no placeholder.
    expect(take(chunk('EMAIL_1 ', '"stop"'))).toEqual([restored(chunk('EMAIL_1 ', '"stop"'))]);
  });
});
