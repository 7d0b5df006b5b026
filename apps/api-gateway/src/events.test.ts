import { AppError } from '@aggregator/contracts';
import { createMetrics, type Logger } from '@aggregator/service-kit';
import { describe, expect, it } from '@jest/globals';
import { aiRequestFinished, createGatewayEvents, managementRequestFinished, type RequestFacts } from './events.ts';
import { validPrincipal } from './testing/start-gateway.ts';

function capture() {
  const lines: [event: string, fields: Record<string, unknown>][] = [];
  const write = (event: string, fields: object = {}) => void lines.push([event, { ...fields }]);
  const logger: Logger = { debug: () => undefined, info: write, warn: write, error: write };
  return { lines, parts: { logger, events: createGatewayEvents(createMetrics('api-gateway')) } };
}

const facts: RequestFacts = {
  ...{ requestId: 'r1', method: 'GET', path: '/v1/billing/balance', status: 200, durationMs: 3.4 },
  ...{ principal: validPrincipal, clientIp: '203.0.113.7', failure: null },
};
const stranger = { ...facts, status: 401, principal: null, failure: new AppError('invalid_api_key') };
const { orgId, userId, keyId } = validPrincipal;

describe('the line of a request', () => {
  it('names organisation, user, key, path and status of a management call', () => {
    const { lines, parts } = capture();
    managementRequestFinished(parts, facts);

    expect(lines).toEqual([
      [
        'management_request_finished',
        {
          ...{ requestId: 'r1', method: 'GET', path: '/v1/billing/balance', status: 200, durationMs: 3 },
          ...{ orgId, userId, keyId },
        },
      ],
    ]);
  });

  it('names the address and the code of a call without a valid credential', () => {
    const { lines, parts } = capture();
    managementRequestFinished(parts, stranger);
    aiRequestFinished(parts, { ...stranger, path: '/v1/chat/completions' });

    expect(lines).toMatchObject([
      ['management_request_refused', { status: 401, code: 'invalid_api_key', clientIp: '203.0.113.7' }],
      ['ai_request_refused', { status: 401, path: '/v1/chat/completions', clientIp: '203.0.113.7' }],
    ]);
  });

  it('names the caller of an AI request that the gateway refused, and leaves one that was served to the proxy', () => {
    const { lines, parts } = capture();
    aiRequestFinished(parts, { ...facts, status: 403, failure: new AppError('insufficient_permissions') });
    aiRequestFinished(parts, facts);

    expect(lines).toMatchObject([['ai_request_refused', { status: 403, orgId, userId, keyId }]]);
  });

  it('is left out beyond a bound if strangers flood the gateway (I12)', () => {
    const { lines, parts } = capture();
    for (let index = 0; index < 1000; index++) aiRequestFinished(parts, stranger);

    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(60);
  });
});
