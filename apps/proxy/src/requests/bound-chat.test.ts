import { chatCompletionRequest, type SnapshotModel } from '@aggregator/contracts';
import { countTokens } from '@aggregator/mock-provider';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { boundChat } from './bound-chat.ts';
import { inspectContent } from './inspect-content.ts';

const model: SnapshotModel = {
  id: 'm',
  operations: ['chat.completions'],
  contextLength: 100_000,
  maxOutputTokens: 4000,
  capabilities: [],
  firstLifeMs: null,
  priceVersion: 'p',
};

function bound(change: object = {}, content: unknown = 'Hello', of: SnapshotModel = model) {
  const body = { model: 'm', messages: [{ role: 'user', content }], ...change };
  const request = chatCompletionRequest.parse(body);
  return boundChat(request, inspectContent(request), [JSON.stringify(body)], of);
}

describe('the bounds of a chat', () => {
  it('hold the prompt again, with all results so far, for each search of the provider', () => {
    const request = chatCompletionRequest.parse({ model: 'm', messages: [{ role: 'user', content: 'Hello' }] });
    const boundWith = (calls: number) =>
      boundChat(request, inspectContent(request), [' '.repeat(1000)], model, {
        callsMax: calls,
        unitsMax: { toolCalls: calls },
      });

    expect(boundWith(0).inputTokensMax).toBe(1000);
    expect(boundWith(2)).toMatchObject({ inputTokensMax: 3 * 1000 + 3 * 16_384, toolsMax: { toolCalls: 2 } });
    expect(boundWith(50).inputTokensMax).toBeLessThanOrEqual(51 * model.contextLength);
  });

  it('hold as many output tokens as may come: for every choice the limit asked for, but never beyond the model', () => {
    expect(bound().outputTokensMax).toBe(4000);
    expect(bound({ max_tokens: 100 }).outputTokensMax).toBe(100);
    expect(bound({ max_completion_tokens: 100 }).outputTokensMax).toBe(100);
    expect(bound({ max_tokens: 100, max_completion_tokens: 300 }).outputTokensMax).toBe(300);
    expect(bound({ max_tokens: 1_000_000 }).outputTokensMax).toBe(4000);
    expect(bound({ max_tokens: 100, n: 5 }).outputTokensMax).toBe(500);
    expect(bound({ max_tokens: 50_000 }, 'x', { ...model, maxOutputTokens: null }).outputTokensMax).toBe(50_000);
  });

  it('count no byte of an image as text, but every image', () => {
    const url = `data:image/png;base64,${'A'.repeat(1_000_000)}`;
    const { inputTokensMax } = bound({}, [{ type: 'image_url', image_url: { url } }]);

    expect(inputTokensMax).toBeGreaterThan(50_000);
    expect(inputTokensMax).toBeLessThan(51_000);
  });

  it('take the model’s whole context where a part cannot be measured', () => {
    expect(bound({}, [{ type: 'file', file: { file_id: 'f' } }]).inputTokensMax).toBe(100_000);
  });

  it('are never below the tokens of a text in the most wasteful tokenizer: one token a byte', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        const { inputTokensMax, inputTokensEstimate, tokensLikely, outputTokensMax } = bound({ max_tokens: 10 }, text);

        expect(inputTokensMax).toBeGreaterThanOrEqual(Buffer.byteLength(text));
        expect(inputTokensMax).toBeGreaterThanOrEqual(countTokens(text) + 3);
        expect(inputTokensEstimate).toBeLessThanOrEqual(inputTokensMax);
        expect(tokensLikely).toBeLessThanOrEqual(inputTokensMax + outputTokensMax);
      }),
    );
  });
});
