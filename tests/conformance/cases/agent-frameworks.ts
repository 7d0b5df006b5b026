import { expect } from '@jest/globals';
import type { MatrixCase } from '../matrix-case.ts';
import type { User } from '../user.ts';
import { callsAllTools } from './prompts.ts';

export type FrameworkCase = 'invoke' | 'stream' | 'tools' | 'structure';

/** Runs a case of a framework with a prompt. Returns what `toFrameworkCases` expects. */
export type FrameworkRun = (user: User, name: FrameworkCase, prompt: string) => Promise<unknown>;

/** What a framework for agents does on any surface. */
export function toFrameworkCases(run: FrameworkRun): readonly MatrixCase[] {
  return [
    {
      title: 'runs',
      async run(user) {
        expect(await run(user, 'invoke', 'Hello')).toEqual({ text: expect.stringMatching(/^You said: Hello/) });
        await user.expectPaid();
      },
    },
    {
      title: 'streams the same text',
      async run(user) {
        const plain = await run(user, 'invoke', 'Hello #words=20');

        expect(await run(user, 'stream', 'Hello #words=20')).toEqual({ ...Object(plain), final: Object(plain).text });
        await user.expectPaid();
      },
    },
    {
      title: 'runs two tools that the model calls at once',
      async run(user) {
        expect(await run(user, 'tools', callsAllTools)).toEqual({
          text: expect.stringMatching(/Sunny/),
          calls: [
            ['clock', expect.stringContaining('Brno')],
            ['weather', expect.stringContaining('Brno')],
          ],
        });
        await user.expectPaid();
      },
    },
    {
      title: 'answers with structure',
      async run(user) {
        expect(await run(user, 'structure', 'Name a city.')).toEqual({
          city: expect.any(String),
          days: expect.any(Number),
        });
        await user.expectPaid();
      },
    },
  ];
}
