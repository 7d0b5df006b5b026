import { expect } from '@jest/globals';
import type OpenAI from 'openai';
import type { MatrixCase, MatrixRows } from '../matrix-case.ts';
import type { User } from '../user.ts';
import { createAnthropic } from './anthropic-client.ts';
import { createOpenAi } from './openai-client.ts';
import { readAnthropicRefusal } from './read-anthropic-refusal.ts';
import { readOpenAiRefusal } from './read-openai-refusal.ts';

/** Tools of OpenAI's servers that need nothing of an account. */
const hosted: OpenAI.Responses.Tool[] = [
  { type: 'web_search' },
  { type: 'code_interpreter', container: { type: 'auto' } },
  { type: 'image_generation' },
];
const calls = ['web_search_call', 'code_interpreter_call', 'image_generation_call'];

async function respond(user: User, tools: OpenAI.Responses.Tool[], isStreamed: boolean) {
  const { responses } = createOpenAi(user);
  const body = { model: user.model(), input: '#hosted Hello', tools };
  if (!isStreamed) return await responses.create(body);
  let last: OpenAI.Responses.Response | null = null;
  for await (const event of await responses.create({ ...body, stream: true })) {
    if (event.type === 'response.completed') last = event.response;
  }
  if (last === null) throw new Error('a stream without an end');
  return last;
}

/** Types of the items of an answer, without thoughts. */
function typesOf(output: OpenAI.Responses.Response['output']): string[] {
  return output.map(({ type }) => type).filter((type) => type !== 'reasoning');
}

const hostedCases = [false, true].map(
  (isStreamed): MatrixCase => ({
    title: `runs tools of the provider's servers, and charges each by its units${isStreamed ? ', streamed' : ''}`,
    needs: 'openai_tools',
    asks: 'tools.web_search',
    async run(user) {
      const { output } = await respond(user, hosted, isStreamed);

      expect(typesOf(output)).toEqual([...(user.can('openai_tools') ? calls : []), 'message']);
      await user.expectPaid();
    },
  }),
);

const cases: readonly MatrixCase[] = [
  ...hostedCases,
  {
    title: 'leaves out a search of files that are not open to every client, and names it',
    async run(user) {
      const { output } = await respond(user, [{ type: 'file_search', vector_store_ids: ['vs_of_others'] }], false);

      expect(typesOf(output)).toEqual(['message']);
      expect(user.droppedParams).toContain('tools.file_search');
    },
  },
  {
    title: 'sends a field of a chat that is not known here to a provider of the dialect',
    needs: 'unknown_field',
    asks: 'x_of_tomorrow',
    async run(user) {
      const body = {
        model: user.model(),
        messages: [{ role: 'user' as const, content: 'Hello' }],
        x_of_tomorrow: true,
      };
      await createOpenAi(user).chat.completions.create(body);
    },
  },
  {
    title: 'cuts what changes the price from a chat, and names it',
    async run(user) {
      const body = {
        ...{ model: user.model(), messages: [{ role: 'user' as const, content: 'Hello' }] },
        ...{ service_tier: 'priority' as const, n_predict: 5, api_base: 'https://elsewhere.example' },
      };
      await createOpenAi(user).chat.completions.create(body);

      expect(user.droppedParams).toEqual(expect.arrayContaining(['service_tier', 'n_predict', 'api_base']));
    },
  },
];

export const openAiLaneRows: MatrixRows = {
  sdk: 'openai',
  surface: 'native lanes',
  cases,
  readRefusal: readOpenAiRefusal,
};

const messagesCases: readonly MatrixCase[] = [
  {
    title: 'sends the name of its end user to a provider of its dialect as it came',
    async run(user) {
      const metadata = { user_id: 'user_1' };
      const message = await createAnthropic(user).messages.create({
        ...{ model: user.model(), max_tokens: 50, metadata },
        messages: [{ role: 'user', content: 'Hello' }],
      });

      expect(message.content.at(-1)).toMatchObject({ type: 'text' });
      const sent = JSON.stringify(user.lastUpstreamRequest ?? null);
      if (user.provider === 'anthropic') expect(sent).toContain('"metadata":{"user_id":"user_1"}');
      await user.expectPaid();
    },
  },
];

export const anthropicLaneRows: MatrixRows = {
  sdk: '@anthropic-ai/sdk',
  surface: 'native lanes',
  cases: messagesCases,
  readRefusal: readAnthropicRefusal,
};
