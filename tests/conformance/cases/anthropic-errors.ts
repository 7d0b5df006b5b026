import Anthropic, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import { expect } from '@jest/globals';
import type { MatrixCase, MatrixRows } from '../matrix-case.ts';
import type { Fault } from '../providers/fault-word.ts';
import type { User } from '../user.ts';
import { createAnthropic } from './anthropic-client.ts';
import { readAnthropicRefusal } from './read-anthropic-refusal.ts';

async function catchError(client: Anthropic, model: string, content: string): Promise<unknown> {
  const body = { model, max_tokens: 100, messages: [{ role: 'user' as const, content }] };
  return client.messages.create(body).catch((error: unknown) => error);
}

function provoke(user: User, fault: Fault): Promise<unknown> {
  return catchError(createAnthropic(user), user.model(), user.provoke(fault));
}

const cases: readonly MatrixCase[] = [
  {
    title: 'throws AuthenticationError for a wrong key',
    async run(user) {
      const stranger = new Anthropic({ baseURL: user.baseUrl, apiKey: 'agk_live_wrong', maxRetries: 0 });
      const thrown = await catchError(stranger, user.model(), 'Hello');

      expect(thrown).toBeInstanceOf(AuthenticationError);
      expect(thrown).toMatchObject({ errorCode: 'invalid_api_key' });
    },
  },
  {
    title: 'throws NotFoundError for an unknown model',
    async run(user) {
      const thrown = await catchError(createAnthropic(user), `${user.provider}/no-such-model`, 'Hello');

      expect(thrown).toBeInstanceOf(NotFoundError);
      expect(thrown).toMatchObject({ errorCode: 'model_not_found' });
    },
  },
  {
    title: 'throws BadRequestError for what is too long or forbidden',
    async run(user) {
      const long = await provoke(user, 'too-long');
      const forbidden = await provoke(user, 'policy');

      expect(long).toBeInstanceOf(BadRequestError);
      expect(long).toMatchObject({ errorCode: 'context_length_exceeded' });
      expect(forbidden).toBeInstanceOf(BadRequestError);
      expect(forbidden).toMatchObject({ errorCode: 'content_policy_violation' });
    },
  },
  {
    title: 'throws RateLimitError if the provider has no room and there is no other provider',
    async run(user) {
      const thrown = await provoke(user, 'rate-limit');

      expect(thrown).toBeInstanceOf(RateLimitError);
      expect(thrown).toMatchObject({ errorCode: 'rate_limit_exceeded' });
    },
  },
  {
    title: 'throws InternalServerError where the provider breaks down',
    async run(user) {
      const thrown = await provoke(user, 'server-error');

      expect(thrown).toBeInstanceOf(InternalServerError);
      expect(thrown).toMatchObject({ errorCode: 'upstream_error' });
    },
  },
  {
    title: "never shows the provider's 401 as the caller's",
    async run(user) {
      const thrown = await provoke(user, 'credential');

      expect(thrown).toBeInstanceOf(APIError);
      expect(thrown).toMatchObject({ status: 502, errorCode: 'upstream_misconfigured' });
    },
  },
];

export const anthropicErrorRows: MatrixRows = {
  sdk: 'anthropic',
  surface: 'errors',
  cases,
  readRefusal: readAnthropicRefusal,
};
