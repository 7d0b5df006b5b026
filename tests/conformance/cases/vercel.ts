import { expect } from '@jest/globals';
import {
  generateText,
  isStepCount,
  jsonSchema,
  type LanguageModel,
  type ModelMessage,
  Output,
  streamText,
  tool,
} from 'ai';
import type { MatrixCase, MatrixRows } from '../matrix-case.ts';
import type { User } from '../user.ts';
import { callsAllTools, cityParameters, citySchema, pixelBase64 } from './prompts.ts';
import { readVercelRefusal, type VercelSurface, vercelSurfaces } from './vercel-models.ts';

/** A tool that runs here, and what it was called with. */
function createTools() {
  const cities: string[] = [];
  const inputSchema = jsonSchema<{ city: string }>({ ...cityParameters, type: 'object' });
  const execute = ({ city }: { city: string }) => {
    cities.push(city);
    return 'Sunny';
  };
  const weather = tool({ description: 'The weather of a city', inputSchema, execute });
  const clock = tool({ description: 'The clock of a city', inputSchema, execute });
  return { tools: { weather, clock }, cities };
}

const city = Output.object({
  schema: jsonSchema<{ city: string; days: number }>({ ...citySchema, type: 'object' }),
  name: 'city',
});

function toCases(surface: VercelSurface): readonly MatrixCase[] {
  const { toModel, providerOptions } = surface;
  const options = (user: User) => ({ model: toModel(user, user.model()), providerOptions, maxRetries: 0 });
  return [...toThinkingCases(surface), ...toTextCases(options), ...toToolCases(options), ...toContentCases(options)];
}

type OptionsOf = (user: User) => {
  model: LanguageModel;
  providerOptions: VercelSurface['providerOptions'];
  maxRetries: number;
};

function toTextCases(options: OptionsOf): readonly MatrixCase[] {
  return [
    {
      title: 'generates text',
      async run(user) {
        const answer = await generateText({ ...options(user), instructions: 'Be brief.', prompt: 'Hello' });

        expect(answer.text).toMatch(/^You said: Hello/);
        expect(answer.finishReason).toBe('stop');
        expect(answer.usage.inputTokens).toBeGreaterThan(0);
        expect(answer.usage.outputTokens).toBeGreaterThan(0);
        await user.expectPaid();
      },
    },
    {
      title: 'streams the same text',
      async run(user) {
        const plain = await generateText({ ...options(user), prompt: 'Hello #words=20' });
        const streamed = streamText({ ...options(user), prompt: 'Hello #words=20', onError: () => undefined });

        expect((await Array.fromAsync(streamed.textStream)).join('')).toBe(plain.text);
        expect(await streamed.finishReason).toBe('stop');
        expect((await streamed.usage).outputTokens).toBe(plain.usage.outputTokens);
        await user.expectPaid();
      },
    },
  ];
}

function toToolCases(options: OptionsOf): readonly MatrixCase[] {
  return [
    {
      title: 'runs two tools and continues with their results',
      async run(user) {
        const { tools, cities } = createTools();
        const answer = await generateText({ ...options(user), tools, prompt: callsAllTools, stopWhen: isStepCount(3) });

        expect(cities).toEqual([expect.stringContaining('Brno'), expect.stringContaining('Brno')]);
        expect(answer.steps).toHaveLength(2);
        expect(answer.text).toMatch(/Sunny/);
        await user.expectPaid();
      },
    },
    {
      title: 'runs two tools in a stream',
      async run(user) {
        const { tools, cities } = createTools();
        const asked = { ...options(user), tools, prompt: callsAllTools, stopWhen: isStepCount(3) };
        const answer = streamText({ ...asked, onError: () => undefined });

        expect(await answer.text).toMatch(/Sunny/);
        expect(cities).toEqual([expect.stringContaining('Brno'), expect.stringContaining('Brno')]);
        expect(await answer.steps).toHaveLength(2);
        await user.expectPaid();
      },
    },
  ];
}

function toContentCases(options: OptionsOf): readonly MatrixCase[] {
  return [
    {
      title: 'continues a conversation',
      async run(user) {
        const first = await generateText({ ...options(user), prompt: 'One' });
        const messages: ModelMessage[] = [
          { role: 'user', content: 'One' },
          ...first.response.messages,
          { role: 'user', content: 'Two' },
        ];
        const second = await generateText({ ...options(user), messages });

        expect(second.text).toMatch(/^You said: Two/);
        expect(second.usage.inputTokens).toBeGreaterThan(first.usage.inputTokens ?? 0);
      },
    },
    {
      title: 'makes an object of a schema',
      async run(user) {
        const { output } = await generateText({ ...options(user), output: city, prompt: 'Name a city.' });

        expect(output).toEqual({ city: expect.any(String), days: expect.any(Number) });
        await user.expectPaid();
      },
    },
    {
      title: 'sees an image',
      needs: 'image',
      async run(user) {
        const image = { type: 'file' as const, mediaType: 'image/png', data: pixelBase64 };
        const content = [{ type: 'text' as const, text: 'What is this?' }, image];
        const { text } = await generateText({ ...options(user), messages: [{ role: 'user', content }] });

        expect(text).toMatch(user.subject.isAttentive ? /^I see 1 / : /^You said: What is this\?/);
      },
    },
  ];
}

function toThinkingCases({ toModel, thinking, boundsAnswers }: VercelSurface): readonly MatrixCase[] {
  if (thinking === null) return [];
  const { asks, providerOptions } = thinking;
  const needs = boundsAnswers ? 'bounded_reasoning' : 'reasoning';
  return [
    {
      title: 'thinks through two tools and continues with their results',
      ...{ needs, asks },
      async run(user) {
        const { tools } = createTools();
        const asked = { model: toModel(user, user.model('reasoning')), providerOptions, maxRetries: 0 };
        const answer = await generateText({ ...asked, tools, prompt: callsAllTools, stopWhen: isStepCount(3) });
        const [first] = answer.steps;

        expect(answer.text).toMatch(/Sunny/);
        if (user.can('reasoning')) expect(first?.usage.outputTokenDetails.reasoningTokens).toBeGreaterThan(0);
        const { thoughtGivenBack } = user.subject;
        if (thoughtGivenBack === null) return;
        if (user.subject.hidesThoughts !== true) expect(first?.reasoningText).toMatch(/wants to talk/);
        expect(JSON.stringify(user.lastUpstreamRequest)).toMatch(thoughtGivenBack);
      },
    },
  ];
}

export const vercelRows: readonly MatrixRows[] = Object.entries(vercelSurfaces).map(([surface, how]) => ({
  ...{ sdk: 'ai', surface, cases: toCases(how) },
  readRefusal: readVercelRefusal,
}));
