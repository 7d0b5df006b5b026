import type Anthropic from '@anthropic-ai/sdk';
import { expect } from '@jest/globals';
import type { MatrixCase, MatrixRows } from '../matrix-case.ts';
import type { User } from '../user.ts';
import { createAnthropic } from './anthropic-client.ts';
import { readMessage } from './anthropic-messages.ts';
import { callsAllTools, callsOneTool, cityParameters } from './prompts.ts';
import { readAnthropicRefusal } from './read-anthropic-refusal.ts';

type Fields = Partial<Anthropic.MessageCreateParamsNonStreaming>;

const tools: Anthropic.Tool[] = ['weather', 'clock'].map((name) => ({
  name,
  description: `The ${name} of a city`,
  input_schema: { ...cityParameters, type: 'object' },
}));
const brno = { city: expect.stringContaining('Brno') };

const toBody = (user: User, messages: Anthropic.MessageParam[], fields: Fields = {}) => ({
  ...{ model: user.model(), max_tokens: 4000, tools, messages },
  ...fields,
});

async function ask(user: User, messages: Anthropic.MessageParam[], fields: Fields = {}) {
  const message = await createAnthropic(user).messages.create(toBody(user, messages, fields));
  return { ...(await readMessage(user, message)), calls: readCalls(message) };
}

function readCalls({ content }: Anthropic.Message) {
  return content.flatMap((block) => (block.type === 'tool_use' ? [block] : []));
}

function answerAll(calls: readonly { id: string }[]): Anthropic.ToolResultBlockParam[] {
  return calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'Sunny' }));
}

const cases: readonly MatrixCase[] = [
  {
    title: 'uses a tool and returns its result',
    async run(user) {
      const messages: Anthropic.MessageParam[] = [{ role: 'user', content: callsOneTool }];
      const first = await ask(user, messages);
      messages.push({ role: 'assistant', content: first.content }, { role: 'user', content: answerAll(first.calls) });
      const second = await ask(user, messages);

      expect(first.calls).toMatchObject([{ name: 'weather', input: brno }]);
      expect([first.stop_reason, second.stop_reason]).toEqual(['tool_use', 'end_turn']);
      expect(second.text).toMatch(/Sunny/);
    },
  },
  {
    title: 'uses two tools at once, plain and streamed',
    async run(user) {
      const messages: Anthropic.MessageParam[] = [{ role: 'user', content: callsAllTools }];
      const plain = await ask(user, messages);
      const streamed = await createAnthropic(user).messages.stream(toBody(user, messages)).finalMessage();
      await readMessage(user, streamed);

      for (const calls of [plain.calls, readCalls(streamed)]) {
        expect(calls).toMatchObject([
          { name: 'weather', input: brno },
          { name: 'clock', input: brno },
        ]);
        expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
      }
      messages.push({ role: 'assistant', content: streamed.content });
      messages.push({ role: 'user', content: answerAll(readCalls(streamed)) });
      expect((await ask(user, messages)).text).toMatch(/Sunny/);
    },
  },
  {
    title: 'uses the tool that it must, and none where it may not',
    async run(user) {
      const hello: Anthropic.MessageParam[] = [{ role: 'user', content: 'Hello from Brno' }];
      const forced = await ask(user, hello, { tool_choice: { type: 'tool', name: 'clock' } });
      const any = await ask(user, hello, { tool_choice: { type: 'any' } });
      const none = await ask(user, [{ role: 'user', content: callsOneTool }], { tool_choice: { type: 'none' } });

      expect(forced.calls).toMatchObject([{ name: 'clock', input: brno }]);
      expect(any.calls).toMatchObject([{ name: 'weather', input: brno }]);
      expect(none.calls).toEqual([]);
    },
  },
  {
    title: 'thinks through a loop of tools, its thoughts given back as they came',
    needs: 'bounded_reasoning',
    asks: 'thinking',
    async run(user) {
      await thinkThroughLoop(user, async (messages, fields) => ask(user, messages, fields));
    },
  },
  {
    title: 'thinks through a loop of tools in streams',
    needs: 'bounded_reasoning',
    asks: 'thinking',
    async run(user) {
      await thinkThroughLoop(user, async (messages, fields) => {
        const message = await createAnthropic(user)
          .messages.stream(toBody(user, messages, fields))
          .finalMessage();
        return { ...(await readMessage(user, message)), calls: readCalls(message) };
      });
    },
  },
];

/** Three turns: calls, results, and what the user says then. The fakes check the signatures that come back. */
async function thinkThroughLoop(
  user: User,
  turn: (messages: Anthropic.MessageParam[], fields: Fields) => ReturnType<typeof ask>,
): Promise<void> {
  const fields: Fields = { model: user.model('reasoning'), thinking: { type: 'enabled', budget_tokens: 1024 } };
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content: callsAllTools }];
  const first = await turn(messages, fields);
  messages.push({ role: 'assistant', content: first.content }, { role: 'user', content: answerAll(first.calls) });
  const second = await turn(messages, fields);
  messages.push({ role: 'assistant', content: second.content }, { role: 'user', content: 'Thanks' });
  const third = await turn(messages, fields);

  expect(first.calls).toHaveLength(2);
  expect(second.text).toMatch(/Sunny/);
  expect(third.text).toMatch(/^You said: Thanks/);
  if (user.can('reasoning')) expect(first.usage.output_tokens_details?.thinking_tokens).toBeGreaterThan(0);
  const { thoughtGivenBack } = user.subject;
  if (thoughtGivenBack === null) return;
  const isThought = ({ type }: { type: string }) => type === 'thinking' || type === 'redacted_thinking';
  expect(first.content.filter(isThought)).not.toEqual([]);
  expect(JSON.stringify(user.lastUpstreamRequest)).toMatch(thoughtGivenBack);
}

export const anthropicToolsRows: MatrixRows = {
  sdk: 'anthropic',
  surface: 'messages tools',
  cases,
  readRefusal: readAnthropicRefusal,
};
