import { apiRoutes } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';

const endsOnce = 'It never changes after it was made, and ends once: there is no change to overwrite.';
const isSet = 'It is on or off by its path: the request has no body that could overwrite another.';

/** Changes without `If-Match`, with the reason. */
const unconditional: Readonly<Record<string, string>> = {
  'DELETE /v1/responses/{id}': endsOnce,
  'DELETE /v1/conversations/{id}': 'The API of OpenAI has no such condition.',
  'DELETE /v1/conversations/{id}/items/{item}': endsOnce,
  'DELETE /v1/users/sessions/{id}': endsOnce,
  'DELETE /v1/auth/organization/scim-tokens/{id}': endsOnce,
  'DELETE /v1/auth/organization/deletion': isSet,
  'DELETE /v1/auth/organization/invitations/{id}': endsOnce,
  'PUT /v1/auth/organization/teams/{teamId}/members/{userId}': 'It sets one role, the whole of the place in the team.',
  'DELETE /v1/auth/organization/teams/{teamId}/members/{userId}': isSet,
  'PUT /v1/auth/blocks/{kind}/{id}': isSet,
  'DELETE /v1/auth/blocks/{kind}/{id}': isSet,
  'DELETE /v1/auth/organization/webhooks/{webhookId}': endsOnce,
  'DELETE /v1/billing/paid-organizations/{id}': isSet,
  'PUT /v1/billing/payers/{id}/organizations/{organizationId}': isSet,
  'DELETE /v1/billing/payers/{id}/organizations/{organizationId}': isSet,
  'DELETE /v1/billing/dead-letters/{id}': 'It never changes, and a second decision is 409.',
  'DELETE /v1/billing/plans/{id}': endsOnce,
  'DELETE /v1/analytics/silences/{id}': endsOnce,
  'DELETE /v1/orchestrator/prices/{id}': 'A version of a price never changes, and a second end is 409.',
  'DELETE /v1/orchestrator/price-rules/{id}': 'A rule never changes, and a second end is 409.',
};

describe('the reference of the API', () => {
  it('has If-Match for each change of a resource, or a reason why not', () => {
    const without = apiRoutes
      .filter(({ method, isConditional }) => ['PUT', 'PATCH', 'DELETE'].includes(method) && isConditional !== true)
      .map(({ method, path }) => `${method} ${path}`);
    expect(without.sort()).toEqual(Object.keys(unconditional).sort());
  });
});
