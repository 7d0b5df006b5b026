import { expect } from '@jest/globals';
import type OpenAI from 'openai';
import type { MatrixCase, MatrixRows } from '../matrix-case.ts';
import type { User } from '../user.ts';
import { chatTools } from './openai-chat-tools.ts';
import { createOpenAi } from './openai-client.ts';
import { readOpenAiRefusal } from './read-openai-refusal.ts';

const turns = 10;
type Message = OpenAI.ChatCompletionMessageParam;

/** The assistant's words as a client keeps them that knows OpenAI's fields alone: no thoughts, no signatures. */
function forget({ content, tool_calls: calls = [] }: OpenAI.ChatCompletionMessage): Message {
  const kept = calls.flatMap((call) => (call.type === 'function' ? [call] : []));
  return {
    ...{ role: 'assistant', content },
    tool_calls: kept.map(({ id, function: { name, arguments: input } }) => ({
      ...{ id, type: 'function' },
      function: { name, arguments: input },
    })),
  };
}

async function ask(user: User, messages: Message[], isStreamed: boolean): Promise<OpenAI.ChatCompletionMessage> {
  const client = createOpenAi(user);
  const body = { model: user.model('reasoning'), messages, tools: chatTools, reasoning_effort: 'high' as const };
  const completion = isStreamed
    ? await client.chat.completions.stream(body).finalChatCompletion()
    : await client.chat.completions.create(body);
  await user.expectPaid();
  const [choice] = completion.choices;
  if (choice === undefined) throw new Error('an answer without a choice');
  return choice.message;
}

const cases: readonly MatrixCase[] = [
  {
    title: 'thinks through ten calls of tools, its thoughts given back for a client that drops them',
    needs: 'reasoning',
    asks: 'reasoning_effort',
    async run(user) {
      const messages: Message[] = [];
      for (let turn = 1; turn <= turns; turn += 1) {
        messages.push({ role: 'user', content: `Step ${turn} in Brno #tool` });
        const called = await ask(user, messages, turn % 2 === 0);
        const [call, ...others] = called.tool_calls ?? [];
        expect([call?.type, others]).toEqual(['function', []]);
        messages.push(forget(called), { role: 'tool', tool_call_id: call?.id ?? '', content: `Done ${turn}` });
      }
      const last = await ask(user, messages, false);

      expect(last.content).toContain(`Done ${turns}`);
      const { thoughtGivenBack } = user.subject;
      if (thoughtGivenBack === null) return;
      const sent = JSON.stringify(user.lastUpstreamRequest);
      expect(sent.match(new RegExp(thoughtGivenBack, 'g'))).toHaveLength(turns);
    },
  },
];

export const forgetfulClientRows: MatrixRows = {
  sdk: 'openai',
  surface: 'chat, thinking',
  cases,
  readRefusal: readOpenAiRefusal,
};
