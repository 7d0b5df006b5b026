import { z } from 'zod';
import { checkChat, parseStrictly } from '../openai/check-chat.ts';
import { createFakeDialect, type FakeOpenAiDialect } from '../openai/dialect.ts';
import { openAiVendor } from '../openai/index.ts';
import { type FakeModel, requireModel } from '../openai/models.ts';
import { Refusal } from '../openai/refusal.ts';
import type { FakeVendor } from '../openai/vendor.ts';
import { chatShape, functionDefinition, messageShapes } from '../openai/wire.ts';
import type { FakeScript } from '../script.ts';

export interface FakeMoonshotOptions {
  /** The only key that is taken. Default `sk-fake-moonshot`. */
  credential?: string;
  script?: FakeScript;
}

const models: readonly FakeModel[] = [
  {
    ...{ id: 'kimi-k2.5', operation: 'chat', contextTokens: 262_144, outputMax: 65_536 },
    efforts: ['none', 'low', 'medium', 'high'],
  },
];

const message = z.discriminatedUnion('role', [
  z.strictObject(messageShapes.system),
  z.strictObject(messageShapes.user),
  z.strictObject({ ...messageShapes.assistant, reasoning_content: z.string().nullish() }),
  z.strictObject(messageShapes.tool),
]);
const moonshotChat = z.strictObject({
  ...chatShape,
  messages: z.array(message).min(1),
  tools: z
    .array(z.strictObject({ type: z.literal('function'), function: functionDefinition.omit({ strict: true }) }))
    .optional(),
});

/**
 * Moonshot, under `/v1`, as a coat over the fake of OpenAI: a server that shows its thoughts as `reasoning_content` and
 * wants them back with each call of a tool, as DeepSeek does. It serves chats alone. Source:
 * https://platform.moonshot.ai/docs/guide/use-kimi-k2-thinking-model (read 2026-11).
 */
export function createFakeMoonshot({
  credential = 'sk-fake-moonshot',
  script,
}: FakeMoonshotOptions = {}): FakeOpenAiDialect {
  return createFakeDialect({ ...vendor, credential, script });
}

const vendor: FakeVendor = {
  ...openAiVendor,
  models,
  imagesPath: null,
  readChat(body) {
    const { messages, ...rest } = parseStrictly(moonshotChat, body);
    const model = requireModel(models, rest.model, 'chat');
    for (const [index, said] of messages.entries()) {
      if (said.role === 'assistant' && said.tool_calls && !said.reasoning_content) {
        const reason = `thinking is enabled but reasoning_content is missing in assistant tool call message at index ${index}`;
        throw new Refusal(400, { message: reason });
      }
    }
    const plain = messages.map((said) => {
      if (said.role !== 'assistant') return said;
      const { reasoning_content: _thought, ...others } = said;
      return others;
    });
    const request = { ...rest, messages: plain };
    // It has none of OpenAI's rules for models that reason, such as that for `max_tokens`.
    checkChat({ ...request, reasoning_effort: undefined }, { ...model, efforts: [] });
    return { request, model };
  },
  toThought: (_choice, reasoning) => ({ reasoning_content: reasoning }),
};
