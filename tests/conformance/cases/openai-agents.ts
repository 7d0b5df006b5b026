import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents';
import { z } from 'zod';
import type { MatrixRows } from '../matrix-case.ts';
import type { User } from '../user.ts';
import { type FrameworkCase, toFrameworkCases } from './agent-frameworks.ts';
import { createOpenAi } from './openai-client.ts';
import { readOpenAiRefusal } from './read-openai-refusal.ts';

const city = z.object({ city: z.string(), days: z.number().int() });

async function runCase(user: User, useResponses: boolean, name: FrameworkCase, prompt: string): Promise<unknown> {
  const modelProvider = new OpenAIProvider({ openAIClient: createOpenAi(user), useResponses });
  const runner = new Runner({ modelProvider, tracingDisabled: true });
  const facts = { name: 'Agent', instructions: 'Be brief.', model: user.model() };
  switch (name) {
    case 'invoke':
      return { text: (await runner.run(new Agent(facts), prompt)).finalOutput };
    case 'stream': {
      const result = await runner.run(new Agent(facts), prompt, { stream: true });
      const text = (await Array.fromAsync(result.toTextStream())).join('');
      await result.completed;
      return { text, final: result.finalOutput };
    }
    case 'tools': {
      const calls: string[][] = [];
      const tools = ['weather', 'clock'].map((called) =>
        tool({
          ...{ name: called, description: `The ${called} of a city`, parameters: z.object({ city: z.string() }) },
          execute({ city: place }) {
            calls.push([called, place]);
            return 'Sunny';
          },
        }),
      );
      const result = await runner.run(new Agent({ ...facts, tools }), prompt);
      return { text: result.finalOutput, calls: calls.sort() };
    }
    case 'structure':
      return (await runner.run(new Agent({ ...facts, outputType: city }), prompt)).finalOutput;
  }
}

/** OpenAI's Agents SDK for TypeScript, on both of its surfaces. */
export const openAiAgentsRows: readonly MatrixRows[] = [
  { surface: 'chat', useResponses: false },
  { surface: 'Responses', useResponses: true },
].map(({ surface, useResponses }) => ({
  sdk: 'openai-agents-js',
  surface,
  cases: toFrameworkCases((user, name, prompt) => runCase(user, useResponses, name, prompt)),
  readRefusal: readOpenAiRefusal,
}));
