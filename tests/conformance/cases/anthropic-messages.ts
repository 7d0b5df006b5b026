import type Anthropic from '@anthropic-ai/sdk';
import { expect } from '@jest/globals';
import type { MatrixCase, MatrixRows } from '../matrix-case.ts';
import type { User } from '../user.ts';
import { createAnthropic, createOlderAnthropic } from './anthropic-client.ts';
import { pixelBase64 } from './prompts.ts';
import { readAnthropicRefusal } from './read-anthropic-refusal.ts';

type Fields = Partial<Anthropic.MessageCreateParamsNonStreaming> & {
  /** Of the older version alone. */
  temperature?: number;
};

const toBody = (user: User, content: Anthropic.MessageParam['content'], fields: Fields = {}) => ({
  model: user.model(),
  max_tokens: 1000,
  messages: [{ role: 'user' as const, content }],
  ...fields,
});

async function ask(user: User, content: Anthropic.MessageParam['content'], fields: Fields = {}) {
  return readMessage(user, await createAnthropic(user).messages.create(toBody(user, content, fields)));
}

/** A message that was paid for. */
export async function readMessage(user: User, message: Anthropic.Message) {
  expect(message).toMatchObject({ type: 'message', role: 'assistant' });
  expect(message.usage.input_tokens).toBeGreaterThan(0);
  expect(message.usage.output_tokens).toBeGreaterThan(0);
  await user.expectPaid();
  return { ...message, text: message.content.map((block) => (block.type === 'text' ? block.text : '')).join('') };
}

const cases: readonly MatrixCase[] = [
  {
    title: 'answers, with usage and cost',
    async run(user) {
      const message = await ask(user, 'Hello');

      expect(message.text).toMatch(/^You said: Hello/);
      expect(message).toMatchObject({
        model: user.servedModel(),
        provider: user.provider,
        stop_reason: 'end_turn',
        stop_sequence: null,
      });
    },
  },
  {
    title: 'streams the same message',
    async run(user) {
      const plain = await ask(user, 'Hello #words=20');
      let text = '';
      const stream = createAnthropic(user).messages.stream(toBody(user, 'Hello #words=20'));
      stream.on('text', (delta) => {
        text += delta;
      });
      const final = await readMessage(user, await stream.finalMessage());

      expect([text, final.text]).toEqual([plain.text, plain.text]);
      expect(final.stop_reason).toBe('end_turn');
      expect(final.usage.output_tokens).toBe(plain.usage.output_tokens);
    },
  },
  {
    title: 'speaks the older version with a key in x-api-key',
    async run(user) {
      const client = createOlderAnthropic(user);
      const body = toBody(user, 'Hello', { temperature: 0.5 });
      const plain = await readMessage(user, await client.messages.create(body));
      const final = await readMessage(user, await client.messages.stream(body).finalMessage());

      expect(plain.text).toMatch(/^You said: Hello/);
      expect(final.text).toBe(plain.text);
    },
  },
  {
    title: 'heeds the system prompt',
    async run(user) {
      const { text } = await ask(user, '#system', { system: [{ type: 'text', text: 'Be brief.' }] });

      expect(text).toContain(user.subject.isAttentive ? 'Be brief.' : 'You said');
    },
  },
  {
    title: 'sees an image',
    needs: 'image',
    async run(user) {
      const { text } = await ask(user, [
        { type: 'text', text: 'What is this?' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixelBase64 } },
      ]);

      expect(text).toMatch(user.subject.isAttentive ? /^I see 1 / : /^You said: What is this\?/);
    },
  },
  {
    title: 'stops at a sequence',
    needs: 'stop',
    asks: 'stop_sequences',
    async run(user) {
      const message = await ask(user, 'One STOP two', { stop_sequences: ['STOP'] });

      expect(message.text.trim()).toBe('You said: One');
      // Providers of other dialects do not distinguish a stop at a word from a plain end.
      expect(['stop_sequence', 'end_turn']).toContain(message.stop_reason);
    },
  },
  {
    title: 'ends at max_tokens and says so',
    async run(user) {
      const message = await ask(user, 'Hello #words=30', { max_tokens: 5 });

      expect(message.stop_reason).toBe('max_tokens');
      expect(message.text).toMatch(/^You/);
    },
  },
  {
    title: 'takes marks of the prompt cache, and counts what was read and written once',
    async run(user) {
      const system = [
        { type: 'text' as const, text: `Long ${user.provider}`, cache_control: { type: 'ephemeral' as const } },
      ];
      const first = await ask(user, 'Hello', { system });
      const second = await ask(user, 'Hello', { system });

      expect(totalInput(second)).toBe(totalInput(first));
      const { cacheMarks } = user.subject;
      expect(user.droppedParams.includes('content.cache_control')).toBe(cacheMarks === 'dropped');
      if (cacheMarks !== 'counted') return;
      expect(first.usage.cache_creation_input_tokens).toBeGreaterThan(0);
      expect(second.usage.cache_read_input_tokens).toBe(first.usage.cache_creation_input_tokens);
    },
  },
  {
    title: 'counts tokens before they are spent',
    async run(user) {
      const body = { model: user.model(), messages: [{ role: 'user' as const, content: 'Hello' }] };
      const counted = await createAnthropic(user).messages.countTokens(body);

      expect(counted.input_tokens).toBeGreaterThan(0);
    },
  },
];

function totalInput({ usage }: Anthropic.Message): number {
  return usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
}

export const anthropicMessagesRows: MatrixRows = {
  sdk: 'anthropic',
  surface: 'messages',
  cases,
  readRefusal: readAnthropicRefusal,
};
