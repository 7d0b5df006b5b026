import { expect } from '@jest/globals';
import { ChatAnthropic } from '@langchain/anthropic';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import type { MatrixCase, MatrixRows } from '../matrix-case.ts';
import type { User } from '../user.ts';
import { callsAllTools, cityParameters, citySchema } from './prompts.ts';
import { readAnthropicRefusal } from './read-anthropic-refusal.ts';
import { readOpenAiRefusal } from './read-openai-refusal.ts';

const configuration = ({ baseUrl, fetch }: User) => ({ baseURL: `${baseUrl}/v1`, fetch });

const chatModels = {
  ChatOpenAI: (user: User) =>
    new ChatOpenAI({
      ...{ model: user.model(), apiKey: user.apiKey, maxRetries: 0, maxTokens: 1000 },
      configuration: configuration(user),
    }),
  'ChatOpenAI responses': (user: User) =>
    new ChatOpenAI({
      ...{ model: user.model(), apiKey: user.apiKey, maxRetries: 0, maxTokens: 1000, useResponsesApi: true },
      configuration: configuration(user),
    }),
  ChatAnthropic: (user: User) =>
    new ChatAnthropic({
      ...{ model: user.model(), apiKey: user.apiKey, maxRetries: 0, maxTokens: 1000 },
      ...{ anthropicApiUrl: user.baseUrl, clientOptions: { fetch: user.fetch } },
    }),
} as const;
type Surface = keyof typeof chatModels;

const tools = ['weather', 'clock'].map((name) =>
  tool(() => 'Sunny', { name, description: `The ${name} of a city`, schema: { ...cityParameters, type: 'object' } }),
);

function toCases(surface: Surface): readonly MatrixCase[] {
  const create = chatModels[surface];
  return [
    {
      title: 'invokes',
      async run(user) {
        const answer = await create(user).invoke([
          ['system', 'Be brief.'],
          ['user', 'Hello'],
        ]);

        expect(answer.text).toMatch(/^You said: Hello/);
        expect(answer.usage_metadata?.input_tokens).toBeGreaterThan(0);
        expect(answer.usage_metadata?.output_tokens).toBeGreaterThan(0);
        await user.expectPaid();
      },
    },
    {
      title: 'streams the same text',
      async run(user) {
        const plain = await create(user).invoke('Hello #words=20');
        const chunks = await Array.fromAsync(await create(user).stream('Hello #words=20'));

        expect(chunks.map(({ text }) => text).join('')).toBe(plain.text);
        await user.expectPaid();
      },
    },
    {
      title: 'binds tools and continues with their results',
      async run(user) {
        const model = create(user).bindTools(tools);
        const asked = new HumanMessage(callsAllTools);
        const called = await model.invoke([asked]);
        const calls = called.tool_calls ?? [];
        const results = calls.map(({ id = '' }) => new ToolMessage({ content: 'Sunny', tool_call_id: id }));
        const answer = await model.invoke([asked, called, ...results]);

        expect(calls).toMatchObject([
          { name: 'weather', args: { city: expect.stringContaining('Brno') } },
          { name: 'clock', args: { city: expect.stringContaining('Brno') } },
        ]);
        expect(answer.text).toMatch(/Sunny/);
        await user.expectPaid();
      },
    },
    {
      title: 'answers with structure',
      async run(user) {
        const model = create(user).withStructuredOutput({ ...citySchema, title: 'city' });

        expect(await model.invoke('Name a city.')).toEqual({ city: expect.any(String), days: expect.any(Number) });
        await user.expectPaid();
      },
    },
  ];
}

const embeddings: readonly MatrixCase[] = [
  {
    title: 'embeds a query and documents',
    needs: 'embeddings',
    async run(user) {
      const model = new OpenAIEmbeddings({
        ...{ model: user.model('embeddings'), apiKey: user.apiKey, maxRetries: 0 },
        configuration: configuration(user),
      });
      const query = await model.embedQuery('Two');
      const documents = await model.embedDocuments(['One', 'Two', 'Three']);

      expect(documents).toHaveLength(3);
      expect(documents[1]).toEqual(query);
      await user.expectPaid();
    },
  },
];

const surfaces = [
  ['ChatOpenAI', readOpenAiRefusal],
  ['ChatOpenAI responses', readOpenAiRefusal],
  ['ChatAnthropic', readAnthropicRefusal],
] as const;

export const langChainRows: readonly MatrixRows[] = [
  ...surfaces.map(([surface, readRefusal]) => ({ sdk: 'langchain', surface, cases: toCases(surface), readRefusal })),
  { sdk: 'langchain', surface: 'OpenAIEmbeddings', cases: embeddings, readRefusal: readOpenAiRefusal },
];
