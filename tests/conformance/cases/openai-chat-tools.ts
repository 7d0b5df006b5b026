import { expect } from '@jest/globals';
import type OpenAI from 'openai';
import type { MatrixCase, MatrixRows } from '../matrix-case.ts';
import type { User } from '../user.ts';
import { createOpenAi } from './openai-client.ts';
import { callsAllTools, callsOneTool, cityParameters } from './prompts.ts';
import { readOpenAiRefusal } from './read-openai-refusal.ts';

type Message = OpenAI.ChatCompletionMessageParam;
type Fields = Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>;

export const chatTools = ['weather', 'clock'].map((name) => ({
  type: 'function' as const,
  function: { name, description: `The ${name} of a city`, parameters: cityParameters },
}));

async function ask(user: User, messages: Message[], fields: Fields = {}) {
  const client = createOpenAi(user);
  const body = { model: user.model(), messages, tools: chatTools, ...fields };
  const completion = await client.chat.completions.create(body);
  await user.expectPaid();
  const [choice] = completion.choices;
  if (choice === undefined) throw new Error('an answer without a choice');
  return { ...choice, calls: readCalls(choice.message) };
}

/** Calls as a program reads them. */
function readCalls(message: OpenAI.ChatCompletionMessage) {
  return (message.tool_calls ?? []).map((call) => {
    if (call.type !== 'function') throw new Error(`a call of type ${call.type}`);
    const input: unknown = JSON.parse(call.function.arguments);
    return { id: call.id, name: call.function.name, input };
  });
}

const asked = (content: string): Message[] => [{ role: 'user', content }];
const brno = { city: expect.stringContaining('Brno') };

const cases: readonly MatrixCase[] = [
  {
    title: 'calls a tool',
    async run(user) {
      const { calls, finish_reason: reason } = await ask(user, asked(callsOneTool));

      expect(calls).toEqual([{ id: expect.stringMatching(/./), name: 'weather', input: brno }]);
      expect(reason).toBe('tool_calls');
    },
  },
  {
    title: 'calls two tools at once',
    async run(user) {
      const { calls } = await ask(user, asked(callsAllTools));

      expect(calls).toMatchObject([
        { name: 'weather', input: brno },
        { name: 'clock', input: brno },
      ]);
      expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    },
  },
  {
    title: 'streams the calls that a plain answer has',
    async run(user) {
      const { calls } = await ask(user, asked(callsAllTools));
      const body = { model: user.model(), messages: asked(callsAllTools), tools: chatTools };
      const stream = createOpenAi(user).chat.completions.stream(body);
      const streamed = await stream.finalChatCompletion();
      const choice = streamed.choices[0];

      expect(choice?.finish_reason).toBe('tool_calls');
      expect(choice === undefined ? [] : readCalls(choice.message)).toEqual(
        calls.map(({ name, input }) => ({ id: expect.any(String), name, input })),
      );
      await user.expectPaid();
    },
  },
  {
    title: 'calls the tool that it must',
    async run(user) {
      const choice: Fields = { tool_choice: { type: 'function', function: { name: 'clock' } } };

      expect((await ask(user, asked('Hello from Brno'), choice)).calls).toMatchObject([{ name: 'clock', input: brno }]);
    },
  },
  {
    title: 'calls some tool where it must call one',
    async run(user) {
      const { calls } = await ask(user, asked('Hello from Brno'), { tool_choice: 'required' });

      expect(calls).toMatchObject([{ name: 'weather', input: brno }]);
    },
  },
  {
    title: 'calls none where it may not',
    async run(user) {
      const answer = await ask(user, asked(callsOneTool), { tool_choice: 'none' });

      expect(answer.calls).toEqual([]);
      expect(answer.message.content).toMatch(/^You said/);
      expect(answer.finish_reason).toBe('stop');
    },
  },
  {
    title: 'goes through calls and results, turn after turn',
    async run(user) {
      const messages = asked(callsAllTools);
      const first = await ask(user, messages);
      messages.push(first.message, ...first.calls.map(({ id }) => resultOf(id)));
      const second = await ask(user, messages);
      messages.push(second.message, ...asked(callsOneTool));
      const third = await ask(user, messages);
      messages.push(third.message, ...third.calls.map(({ id }) => resultOf(id)));
      const last = await ask(user, messages);

      expect([first.calls.length, second.calls.length, third.calls.length, last.calls.length]).toEqual([2, 0, 1, 0]);
      for (const { message, finish_reason: reason } of [second, last]) {
        expect(message.content).toMatch(/Sunny/);
        expect(reason).toBe('stop');
      }
    },
  },
];

function resultOf(id: string): Message {
  return { role: 'tool', tool_call_id: id, content: 'Sunny' };
}

export const openAiChatToolsRows: MatrixRows = {
  sdk: 'openai',
  surface: 'chat tools',
  cases,
  readRefusal: readOpenAiRefusal,
};
