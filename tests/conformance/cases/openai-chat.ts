import { expect } from '@jest/globals';
import type OpenAI from 'openai';
import { BadRequestError } from 'openai';
import { droppedHints } from '../incapabilities.ts';
import type { MatrixCase, MatrixRows } from '../matrix-case.ts';
import type { User } from '../user.ts';
import { createOpenAi } from './openai-client.ts';
import { citySchema, pixelUrl } from './prompts.ts';
import { readOpenAiRefusal } from './read-openai-refusal.ts';

type Fields = Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>;

/** Fields that some providers have no place for, and that change nothing of what was asked for. */
const hints = { seed: 7, user: 'u-1', metadata: { job: 'matrix' }, frequency_penalty: 0.1 };

function ask(user: User, content: string, fields: Fields = {}) {
  const messages = [{ role: 'user' as const, content }];
  return createOpenAi(user).chat.completions.create({ model: user.model(), messages, ...fields });
}

/** The only choice, of an answer that was paid for and says who gave it. */
async function readChoice(user: User, completion: OpenAI.ChatCompletion) {
  const [choice, ...others] = completion.choices;
  expect(others).toEqual([]);
  expect(completion).toMatchObject({ object: 'chat.completion', provider: user.provider, cost: expect.any(Number) });
  expect(completion.usage?.prompt_tokens).toBeGreaterThan(0);
  expect(completion.usage?.completion_tokens).toBeGreaterThan(0);
  await user.expectPaid();
  return { ...choice?.message, finishReason: choice?.finish_reason, usage: completion.usage };
}

async function join(stream: AsyncIterable<OpenAI.ChatCompletionChunk>) {
  const chunks = await Array.fromAsync(stream);
  const choices = chunks.flatMap((chunk) => chunk.choices);
  return {
    text: choices.map(({ delta }) => delta.content ?? '').join(''),
    finishReasons: choices.flatMap(({ finish_reason: reason }) => reason ?? []),
    ids: new Set(chunks.map(({ id }) => id)).size,
    last: chunks.at(-1),
  };
}

const cases: readonly MatrixCase[] = [
  {
    title: 'answers, with usage and cost',
    async run(user) {
      const completion = await ask(user, 'Hello');

      expect(completion.model).toBe(user.servedModel());
      expect(await readChoice(user, completion)).toMatchObject({
        role: 'assistant',
        content: expect.stringMatching(/^You said: Hello/),
        finishReason: 'stop',
      });
    },
  },
  {
    title: 'streams the same answer, with its cost at the end',
    async run(user) {
      const messages = [{ role: 'user' as const, content: 'Hello #words=20' }];
      const plain = await readChoice(user, await ask(user, 'Hello #words=20'));
      const stream = await createOpenAi(user).chat.completions.create({ model: user.model(), messages, stream: true });
      const { text, finishReasons, ids, last } = await join(stream);

      expect(text).toBe(plain.content);
      expect({ finishReasons, ids }).toEqual({ finishReasons: ['stop'], ids: 1 });
      expect(last).toMatchObject({ provider: user.provider, cost: expect.any(Number) });
      expect(last?.usage ?? null).toBeNull();
      await user.expectPaid();
    },
  },
  {
    title: 'streams usage in a last chunk where it is asked for',
    async run(user) {
      const messages = [{ role: 'user' as const, content: 'Hello' }];
      const fields = { model: user.model(), messages, stream: true, stream_options: { include_usage: true } } as const;
      const { usage } = await readChoice(user, await ask(user, 'Hello'));
      const { text, last } = await join(await createOpenAi(user).chat.completions.create(fields));

      expect(text).toMatch(/^You said: Hello/);
      expect(last?.choices).toEqual([]);
      expect(last?.usage?.prompt_tokens).toBe(usage?.prompt_tokens);
      expect(last?.usage?.completion_tokens).toBe(usage?.completion_tokens);
      await user.expectPaid();
    },
  },
  {
    title: 'heeds system and developer messages',
    async run(user) {
      const messages: Fields['messages'] = [
        { role: 'system', content: 'Be brief.' },
        { role: 'developer', content: 'Speak Czech.' },
        { role: 'user', content: '#system' },
      ];
      const { content } = await readChoice(user, await ask(user, '', { messages }));

      for (const words of user.subject.isAttentive ? ['Be brief.', 'Speak Czech.'] : ['You said']) {
        expect(content).toContain(words);
      }
    },
  },
  {
    title: 'continues a conversation',
    async run(user) {
      const messages: Fields['messages'] = [
        { role: 'user', content: 'One' },
        { role: 'assistant', content: 'You said: One' },
        { role: 'user', content: [{ type: 'text', text: 'Two' }] },
      ];
      const first = await readChoice(user, await ask(user, 'One'));
      const second = await readChoice(user, await ask(user, '', { messages }));

      expect(second.content).toMatch(/^You said: Two/);
      expect(second.usage?.prompt_tokens).toBeGreaterThan(first.usage?.prompt_tokens ?? 0);
    },
  },
  {
    title: 'sees an image in a data URL',
    needs: 'image',
    async run(user) {
      const content: OpenAI.ChatCompletionContentPart[] = [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: pixelUrl } },
      ];
      const answer = await readChoice(user, await ask(user, '', { messages: [{ role: 'user', content }] }));

      expect(answer.content).toMatch(user.subject.isAttentive ? /^I see 1 / : /^You said: What is this\?/);
    },
  },
  {
    title: 'answers JSON',
    needs: 'json_object',
    asks: 'response_format',
    async run(user) {
      const fields: Fields = { response_format: { type: 'json_object' } };
      const { content } = await readChoice(user, await ask(user, 'Answer in JSON.', fields));

      expect(JSON.parse(content ?? '')).toEqual(expect.any(Object));
    },
  },
  {
    title: 'answers by a JSON schema',
    async run(user) {
      const format: Fields['response_format'] = {
        type: 'json_schema',
        json_schema: { name: 'city', strict: true, schema: citySchema },
      };
      const { content } = await readChoice(user, await ask(user, 'Name a city.', { response_format: format }));

      expect(JSON.parse(content ?? '')).toEqual({ city: expect.any(String), days: expect.any(Number) });
    },
  },
  {
    title: 'thinks with the effort that is asked for, and counts it',
    needs: 'reasoning',
    asks: 'reasoning_effort',
    async run(user) {
      const fields: Fields = { model: user.model('reasoning'), reasoning_effort: 'low' };
      const { content, usage, ...message } = await readChoice(user, await ask(user, 'Think.', fields));

      expect(content).toMatch(/^You said: Think\./);
      if (user.can('reasoning')) expect(usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0);
      if (user.subject.thoughtGivenBack !== null) {
        expect(message).toMatchObject({ reasoning_details: expect.any(Array) });
        if (user.subject.hidesThoughts !== true) {
          expect(message).toMatchObject({ reasoning_content: expect.stringMatching(/wants to talk/) });
        }
      }
    },
  },
  {
    title: 'stops at a word',
    needs: 'stop',
    asks: 'stop',
    async run(user) {
      const { content, finishReason } = await readChoice(user, await ask(user, 'One STOP two', { stop: ['STOP'] }));

      expect(content?.trim()).toBe('You said: One');
      expect(finishReason).toBe('stop');
    },
  },
  {
    title: 'ends at max_completion_tokens and says so',
    async run(user) {
      const asked = await ask(user, 'Hello #words=30', { max_completion_tokens: 5 });
      const { content, finishReason, usage } = await readChoice(user, asked);

      expect(finishReason).toBe('length');
      expect(content).toMatch(/^You/);
      const { completion_tokens: counted = 0, completion_tokens_details: details } = usage ?? {};
      expect(counted - (details?.reasoning_tokens ?? 0)).toBeLessThanOrEqual(5);
    },
  },
  {
    title: 'gives two answers to one question',
    needs: 'n',
    asks: 'n',
    async run(user) {
      const { choices } = await ask(user, 'Hello', { n: 2 });

      expect(choices.map(({ index }) => index)).toEqual([0, 1]);
      for (const { message } of choices) expect(message.content).toMatch(/^You said/);
      await user.expectPaid();
    },
  },
  {
    title: 'names the hints that it does not pass on',
    async run(user) {
      await readChoice(user, await ask(user, 'Hello', hints));

      expect(user.droppedParams.toSorted()).toEqual(droppedHints[user.provider]);
    },
  },
  {
    title: 'refuses, where it is strict, what it would not pass on',
    async run(user) {
      const strict = { ...hints, strict: true };
      if (droppedHints[user.provider].length === 0) {
        await readChoice(user, await ask(user, 'Hello', strict));
        return;
      }
      const thrown = await ask(user, 'Hello', strict).catch((error: unknown) => error);

      expect(thrown).toBeInstanceOf(BadRequestError);
      expect(thrown).toMatchObject({ code: 'unsupported_parameter' });
    },
  },
];

export const openAiChatRows: MatrixRows = { sdk: 'openai', surface: 'chat', cases, readRefusal: readOpenAiRefusal };
