import { waitFor } from '@aggregator/testing';
import { expect } from '@jest/globals';
import type OpenAI from 'openai';
import { NotFoundError } from 'openai';
import type { MatrixCase, MatrixRows } from '../matrix-case.ts';
import type { User } from '../user.ts';
import { createOpenAi } from './openai-client.ts';
import { callsAllTools, cityParameters, citySchema } from './prompts.ts';
import { readOpenAiRefusal } from './read-openai-refusal.ts';

type Fields = Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming>;

const tools: OpenAI.Responses.FunctionTool[] = ['weather', 'clock'].map((name) => ({
  type: 'function',
  name,
  description: `The ${name} of a city`,
  parameters: cityParameters,
  strict: true,
}));

async function ask(user: User, fields: Fields) {
  const response = await createOpenAi(user).responses.create({ model: user.model(), ...fields });
  expect(response).toMatchObject({ object: 'response', provider: user.provider });
  expect(response.usage?.input_tokens).toBeGreaterThan(0);
  expect(response.usage?.output_tokens).toBeGreaterThan(0);
  await user.expectPaid();
  return response;
}

function readCalls({ output }: OpenAI.Responses.Response) {
  return output.flatMap((item) => (item.type === 'function_call' ? [item] : []));
}

const cases: readonly MatrixCase[] = [
  {
    title: 'gives a thought with its summary and what its provider needs, and takes it back through a round of tools',
    needs: 'reasoning',
    asks: 'reasoning.effort',
    async run(user) {
      const { thoughtGivenBack } = user.subject;
      const fields: Fields = {
        model: user.model('reasoning'),
        ...{ tools, store: false, include: ['reasoning.encrypted_content'] },
        reasoning: { effort: 'low', summary: 'auto' },
      };
      const question = { role: 'user' as const, content: callsAllTools };
      const first = await ask(user, { ...fields, input: [question] });
      const results = readCalls(first).map(({ call_id }) => ({
        ...{ type: 'function_call_output' as const, call_id, output: 'Sunny' },
      }));
      expect(results.length).toBeGreaterThan(0);
      const said = first.output.flatMap((item) =>
        item.type === 'reasoning' || item.type === 'function_call' || item.type === 'message' ? [item] : [],
      );
      const last = await ask(user, { ...fields, input: [question, ...said, ...results] });
      expect(last.output_text).toContain('Sunny');
      if (thoughtGivenBack === null) return;
      const thoughts = first.output.flatMap((item) => (item.type === 'reasoning' ? [item] : []));
      expect(first.output[0]?.type).toBe('reasoning');
      expect(thoughts.flatMap(({ summary }) => summary.map(({ text }) => text)).join('')).toMatch(/wants to talk/);
      expect(thoughts.some((thought) => typeof thought.encrypted_content === 'string')).toBe(true);
      expect(JSON.stringify(user.lastUpstreamRequest)).toMatch(thoughtGivenBack);
    },
  },
  {
    title: 'responds',
    async run(user) {
      const response = await ask(user, { input: 'Hello' });

      expect(response).toMatchObject({ status: 'completed', model: user.servedModel() });
      expect(response.output_text).toMatch(/^You said: Hello/);
    },
  },
  {
    title: 'streams the same response in events',
    async run(user) {
      const plain = await ask(user, { input: 'Hello #words=20' });
      const stream = createOpenAi(user).responses.stream({ model: user.model(), input: 'Hello #words=20' });
      let text = '';
      stream.on('response.output_text.delta', ({ delta }) => {
        text += delta;
      });
      const final = await stream.finalResponse();

      expect(text).toBe(plain.output_text);
      expect(final).toMatchObject({ status: 'completed', output_text: plain.output_text });
      expect(final.usage?.output_tokens).toBe(plain.usage?.output_tokens);
      await user.expectPaid();
    },
  },
  {
    title: 'goes through calls and results',
    async run(user) {
      const input: OpenAI.Responses.ResponseInputItem[] = [{ role: 'user', content: callsAllTools }];
      const first = await ask(user, { input, tools });
      const calls = readCalls(first);
      const results = calls.map(({ call_id }) => ({ type: 'function_call_output' as const, call_id, output: 'Sunny' }));
      const second = await ask(user, { input: [...input, ...calls, ...results], tools });

      expect(calls.map(({ name, arguments: json }) => [name, JSON.parse(json)])).toEqual([
        ['weather', { city: expect.stringContaining('Brno') }],
        ['clock', { city: expect.stringContaining('Brno') }],
      ]);
      expect(second.output_text).toMatch(/Sunny/);
    },
  },
  {
    title: 'responds by a JSON schema',
    async run(user) {
      const text: Fields['text'] = { format: { type: 'json_schema', name: 'city', strict: true, schema: citySchema } };
      const { output_text: answer } = await ask(user, { input: 'Name a city.', text });

      expect(JSON.parse(answer)).toEqual({ city: expect.any(String), days: expect.any(Number) });
    },
  },
  {
    title: 'heeds instructions',
    async run(user) {
      const { output_text: answer } = await ask(user, { input: '#system', instructions: 'Be brief.' });

      expect(answer).toContain(user.subject.isAttentive ? 'Be brief.' : 'You said');
    },
  },
  {
    title: 'continues a stored response, reads it and deletes it',
    async run(user) {
      const { responses } = createOpenAi(user);
      const first = await ask(user, { input: 'Hello' });
      const second = await ask(user, { input: 'And now?', previous_response_id: first.id });

      expect(second.status).toBe('completed');
      expect(await responses.retrieve(first.id)).toMatchObject({ id: first.id, output_text: first.output_text });
      await responses.delete(first.id);
      expect(await responses.retrieve(first.id).catch((error) => error)).toBeInstanceOf(NotFoundError);
    },
  },
  {
    title: 'continues a conversation, lists its items and deletes it',
    async run(user) {
      const { conversations, responses } = createOpenAi(user);
      const { id } = await conversations.create({
        metadata: { topic: 'a' },
        items: [{ type: 'message', role: 'user', content: 'Hello' }],
      });
      const { output_text: answer } = await ask(user, { input: 'And now?', conversation: id });
      expect(answer).not.toBe('');

      const listed = async () => {
        const items: OpenAI.Conversations.ConversationItem[] = [];
        for await (const item of conversations.items.list(id, { limit: 1, order: 'asc' })) items.push(item);
        return items;
      };
      await waitFor(async () => (await listed()).length >= 3, { describe: 'the turn' });
      expect((await listed()).slice(0, 2)).toMatchObject([{ role: 'user' }, { role: 'user' }]);
      expect(await conversations.retrieve(id)).toMatchObject({ id, metadata: { topic: 'a' } });
      expect(await conversations.delete(id)).toMatchObject({ id, deleted: true });
      const thrown = await responses
        .create({ model: user.model(), input: 'x', conversation: id })
        .catch((error) => error);
      expect(thrown).toBeInstanceOf(NotFoundError);
    },
  },
  {
    title: 'refuses to continue a response that is not stored',
    async run(user) {
      const thrown = await ask(user, { input: 'And now?', previous_response_id: 'resp_1' }).catch((error) => error);

      expect(thrown).toBeInstanceOf(NotFoundError);
      expect(thrown).toMatchObject({ code: 'not_found', param: 'previous_response_id' });
    },
  },
];

export const openAiResponsesRows: MatrixRows = {
  sdk: 'openai',
  surface: 'responses',
  cases,
  readRefusal: readOpenAiRefusal,
};
