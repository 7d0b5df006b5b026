import {
  type ChatCompletionRequest,
  chatCompletionRequest,
  type PrivacyPolicy,
  parseExactRecord,
} from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compilePolicy } from '../compile-policy.ts';
import { createVault } from '../restoring/vault.ts';
import { personalText, policy } from '../testing/personal-values.ts';
import { contentModeOf, maskChat } from './mask-chat.ts';
import { maskTexts } from './mask-texts.ts';
import { type MaskingJob, runMaskingJob } from './masking-job.ts';

const compiled = compilePolicy(policy);

const run = (job: MaskingJob) => structuredClone(runMaskingJob(structuredClone(job), () => null));

function maskElsewhere(chat: ChatCompletionRequest, privacy: PrivacyPolicy) {
  const { json, values } = run({ policy: privacy, kind: 'chat', json: JSON.stringify(chat) });
  return { chat: json === null ? chat : parseExactRecord(json), vault: createVault(values, contentModeOf(chat)) };
}

const toChat = (text: string, other: string, json: string) =>
  chatCompletionRequest.parse({
    model: 'm',
    messages: [
      { role: 'system', content: text },
      {
        role: 'user',
        content: [
          { type: 'text', text: other },
          { type: 'text', text: `[EMAIL_1] ${text}` },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: json } }],
        reasoning_details: [{ type: 'reasoning.text', text: other }],
      },
      { role: 'tool', tool_call_id: 'c', content: json },
    ],
    documents: [{ id: other, data: { title: text, number: 1 } }],
    stop: [other],
    user: text,
    metadata: { note: other, team: 'a' },
    tools: [{ type: 'function', function: { name: 'f', description: 'says EMAIL_2', parameters: {} } }],
  });

describe('a masking job', () => {
  it('masks a chat as it would be masked here, with the same values behind it', () => {
    fc.assert(
      fc.property(personalText, personalText, (text, other) => {
        const chat = toChat(text, other, JSON.stringify({ to: text, at: [other, 1234567890123] }));
        const [here, elsewhere] = [maskChat(chat, compiled), maskElsewhere(chat, policy)];

        expect(JSON.stringify(elsewhere.chat)).toBe(JSON.stringify(here.chat));
        const said = JSON.stringify(here.chat.messages);
        expect(elsewhere.vault.restore(said)).toBe(here.vault.restore(said));
        expect(elsewhere.vault.isEmpty).toBe(here.vault.isEmpty);
      }),
      { numRuns: 300 },
    );
  });

  it('masks texts as they would be masked here', () => {
    fc.assert(
      fc.property(fc.array(personalText, { maxLength: 4 }), (texts) => {
        const json = JSON.stringify({ texts });
        const masked = JSON.stringify({ texts: maskTexts(texts, compiled).texts });

        expect(run({ policy, kind: 'texts', json }).json ?? json).toBe(masked);
      }),
      { numRuns: 200 },
    );
  });

  it('returns the very same chat if nothing is to be masked', () => {
    const chat = toChat('hello', 'there', '{"a":1}');

    expect(maskElsewhere(chat, policy).chat).toBe(chat);
    expect(maskElsewhere(toChat('bob@example.com', 'x', '{}'), { mode: 'off' }).vault.isEmpty).toBe(true);
  });

  it.each([
    ['values of one kind in a text', Array.from({ length: 100_001 }, () => 'a@b.co').join(' ')],
    ['values in a request', Array.from({ length: 50_001 }, (_, at) => `u${at}@e.co`).join(' ')],
  ])('is refused for too many %s (I12)', (_name, text) => {
    expect(() => maskTexts([text], compiled)).toThrow(expect.objectContaining({ code: 'request_too_large' }));
    expect(maskTexts([text.slice(0, 300_000)], compiled).vault.isEmpty).toBe(false);
  });
});
