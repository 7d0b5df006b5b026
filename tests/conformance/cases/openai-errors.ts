import { expect } from '@jest/globals';
import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai';
import type { MatrixCase, MatrixRows } from '../matrix-case.ts';
import type { Fault } from '../providers/fault-word.ts';
import type { User } from '../user.ts';
import { createOpenAi } from './openai-client.ts';
import { readOpenAiRefusal } from './read-openai-refusal.ts';

async function catchError(client: OpenAI, model: string, content: string): Promise<unknown> {
  return client.chat.completions.create({ model, messages: [{ role: 'user', content }] }).catch((error) => error);
}

function provoke(user: User, fault: Fault): Promise<unknown> {
  return catchError(createOpenAi(user), user.model(), user.provoke(fault));
}

const cases: readonly MatrixCase[] = [
  {
    title: 'throws AuthenticationError for a wrong key',
    async run(user) {
      const stranger = new OpenAI({ baseURL: `${user.baseUrl}/v1`, apiKey: 'agk_live_wrong', maxRetries: 0 });
      const thrown = await catchError(stranger, user.model(), 'Hello');

      expect(thrown).toBeInstanceOf(AuthenticationError);
      expect(thrown).toMatchObject({ code: 'invalid_api_key' });
    },
  },
  {
    title: 'throws NotFoundError for an unknown model',
    async run(user) {
      const thrown = await catchError(createOpenAi(user), `${user.provider}/no-such-model`, 'Hello');

      expect(thrown).toBeInstanceOf(NotFoundError);
      expect(thrown).toMatchObject({ code: 'model_not_found', param: 'model' });
    },
  },
  {
    title: 'throws BadRequestError for a conversation that is too long',
    async run(user) {
      const thrown = await provoke(user, 'too-long');

      expect(thrown).toBeInstanceOf(BadRequestError);
      expect(thrown).toMatchObject({ code: 'context_length_exceeded' });
    },
  },
  {
    title: 'throws BadRequestError for what the provider forbids',
    async run(user) {
      const thrown = await provoke(user, 'policy');

      expect(thrown).toBeInstanceOf(BadRequestError);
      expect(thrown).toMatchObject({ code: 'content_policy_violation' });
    },
  },
  {
    title: 'throws RateLimitError if the provider has no room and there is no other provider',
    async run(user) {
      const thrown = await provoke(user, 'rate-limit');

      expect(thrown).toBeInstanceOf(RateLimitError);
      expect(thrown).toMatchObject({ code: 'rate_limit_exceeded' });
    },
  },
  {
    title: 'throws InternalServerError where the provider breaks down',
    async run(user) {
      const thrown = await provoke(user, 'server-error');

      expect(thrown).toBeInstanceOf(InternalServerError);
      expect(thrown).toMatchObject({ code: 'upstream_error' });
    },
  },
  {
    title: "never shows the provider's 401 as the caller's",
    async run(user) {
      const thrown = await provoke(user, 'credential');

      expect(thrown).toBeInstanceOf(APIError);
      expect(thrown).toMatchObject({ status: 502, code: 'upstream_misconfigured' });
    },
  },
];

export const openAiErrorRows: MatrixRows = { sdk: 'openai', surface: 'errors', cases, readRefusal: readOpenAiRefusal };
