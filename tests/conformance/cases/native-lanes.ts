import type Anthropic from '@anthropic-ai/sdk';
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
  { type: 'shell', environment: { type: 'container_auto' } },
  { type: 'image_generation' },
];
const calls = ['web_search_call', 'code_interpreter_call', 'shell_call', 'image_generation_call'];
/** $0.01 for a search, and $0.03 for the gigabyte of each of two containers. */
const callsNanoUsd = 10_000_000n + 2n * 30_000_000n;

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
      if (user.can('openai_tools')) expect(await user.lastCost()).toBeGreaterThan(callsNanoUsd);
      else expect(user.droppedParams).toEqual(expect.arrayContaining(hosted.map(({ type }) => `tools.${type}`)));
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

const codeTool = { type: 'code_execution_20250825', name: 'code_execution' } as const;
/** Five minutes of $0.05 an hour, the least that the vendor charges. */
const containerNanoUsd = 4_166_667n;
/** $1 and $5 a million tokens of claude-haiku-4-5. */
const [inputNanoUsd, outputNanoUsd] = [1000n, 5000n];

async function runCode(user: User, messages: Anthropic.MessageParam[], isStreamed: boolean) {
  const { messages: api } = createAnthropic(user);
  const body = { model: user.model(), max_tokens: 200, messages, tools: [codeTool] };
  return isStreamed ? await api.stream(body).finalMessage() : await api.create(body);
}

const codeCases = [false, true].map(
  (isStreamed): MatrixCase => ({
    title: `runs code in a container of the provider, and charges the container${isStreamed ? ', streamed' : ''}`,
    needs: 'anthropic_tools',
    asks: `tools.${codeTool.type}`,
    async run(user) {
      const asked: Anthropic.MessageParam = { role: 'user', content: '#hosted Hello' };
      const first = await runCode(user, [asked], isStreamed);
      const hasRun = user.can('anthropic_tools');
      const run = ['server_tool_use', 'bash_code_execution_tool_result'];

      const types = first.content.map(({ type }) => type).filter((type) => type !== 'redacted_thinking');
      expect(types).toEqual([...(hasRun ? run : []), 'text']);
      await user.expectPaid();
      if (hasRun) {
        const { input_tokens: input, output_tokens: output } = first.usage;
        const tokens = BigInt(input) * inputNanoUsd + BigInt(output) * outputNanoUsd;
        expect(await user.lastCost()).toBe(tokens + containerNanoUsd);
        expect(first.container).toMatchObject({ id: expect.any(String) });
      }
      const turns: Anthropic.MessageParam[] = [
        asked,
        { role: 'assistant', content: first.content },
        { role: 'user', content: 'Thanks' },
      ];
      const next = await runCode(user, turns, isStreamed);
      expect(next.content.at(-1)).toMatchObject({ type: 'text', text: expect.stringContaining('Thanks') });
    },
  }),
);

const messagesCases: readonly MatrixCase[] = [
  ...codeCases,
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
