import { describe, expect, it } from '@jest/globals';
import { chatCompletionsSurface, messagesSurface, responsesSurface } from './index.ts';

const count = 3000;
const messages = Array.from({ length: count }, (_none, index) => ({
  role: index % 2 === 0 ? 'user' : 'assistant',
  content: [{ type: 'text', text: `said ${index}` }],
}));
const input = Array.from({ length: count }, (_none, index) => ({
  role: index % 2 === 0 ? 'user' : 'assistant',
  content: `said ${index}`,
}));

describe('a large request in steps (I4)', () => {
  it.each([
    [chatCompletionsSurface, { model: 'm', messages }, 256],
    [messagesSurface, { model: 'm', max_tokens: 5, messages }, 64],
    [responsesSurface, { model: 'm', input }, 64],
  ] as const)('becomes the chat that it becomes in one piece, with turns in between: %#', (surface, body, perStep) => {
    const steps = surface.toChatSteps?.(body);
    let turns = 0;
    let step = steps?.next();
    for (; step?.done === false; step = steps?.next()) turns += 1;

    expect(step?.value).toEqual(surface.toChat(body));
    expect(turns).toBeGreaterThanOrEqual(Math.floor(count / perStep));
  });
});
