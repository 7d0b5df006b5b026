import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { messagesRequest } from './anthropic/messages.ts';
import { checkBody } from './check-body.ts';
import { chatCompletionRequest } from './openai/chat.ts';
import { responsesRequest } from './openai/responses.ts';
import { checkBodySteps, finishSteps } from './steps.ts';

const message = { role: 'user', content: 'a' };
const many = (count: number, change: Record<number, unknown> = {}) =>
  Array.from({ length: count }, (_none, index) => (index in change ? change[index] : message));

/** The answer, or the fault, of a check. */
function outcomeOf(check: () => unknown): unknown {
  try {
    return check();
  } catch (error) {
    return error;
  }
}

describe('a check in steps', () => {
  it.each([
    ['chat', chatCompletionRequest, 'messages', {}],
    ['messages', messagesRequest, 'messages', { max_tokens: 5 }],
    ['responses', responsesRequest, 'input', {}],
  ] as const)('finds in a body of %s what one check finds, in its order', (_name, schema, field, more) => {
    const list = fc.array(
      fc.oneof(
        { weight: 40, arbitrary: fc.record({ role: fc.constant('user'), content: fc.string() }) },
        { weight: 1, arbitrary: fc.constant({ role: 7 }) },
        { weight: 1, arbitrary: fc.constant(null) },
      ),
      { maxLength: 900, size: 'max' },
    );
    fc.assert(
      fc.property(list, fc.boolean(), (entries, isModelWrong) => {
        const body = { a: 1, model: isModelWrong ? 1 : 'm', [field]: entries, ...more, z: 2 };
        const whole = outcomeOf(() => checkBody(schema, body));
        const inSteps = outcomeOf(() => finishSteps(checkBodySteps(schema, body, field)));
        expect(inSteps).toEqual(whole);
        if (!(whole instanceof Error)) expect(JSON.stringify(inSteps)).toBe(JSON.stringify(whole));
      }),
      { numRuns: 40 },
    );
  });

  it('looks at a bounded number of entries between two turns', () => {
    let read = 0;
    const counted = (index: number) =>
      Object.defineProperty({ role: 'user' }, 'content', {
        enumerable: true,
        get() {
          read += 1;
          return `${index}`;
        },
      });
    const messages = Array.from({ length: 5000 }, (_none, index) => counted(index));
    const steps = checkBodySteps(chatCompletionRequest, { model: 'm', messages }, 'messages');
    let most = 0;
    for (let step = steps.next(); step.done !== true; step = steps.next()) {
      most = Math.max(most, read);
      read = 0;
    }
    // The first step checks the frame with a portion, and that portion again. A message is read a few times.
    expect(most).toBeLessThan(2 * 256 * 6);
    expect(read).toBeLessThan(256 * 6);
  });

  it.each([0, 1, 256, 257, 20_000, 20_001])('rejects and takes %i messages as one check does', (count) => {
    const body = { model: 'm', messages: many(count) };
    const whole = outcomeOf(() => checkBody(chatCompletionRequest, body));
    expect(outcomeOf(() => finishSteps(checkBodySteps(chatCompletionRequest, body, 'messages')))).toEqual(whole);
  });
});
