import { describe, expect, it } from '@jest/globals';
import { AppError } from './app-error.ts';
import { errorCatalogue, isErrorCode } from './catalogue.ts';
import { anthropicErrorBody, toAnthropicErrorBody } from './wire.ts';

const codes = Object.keys(errorCatalogue).filter(isErrorCode);

describe('toAnthropicErrorBody', () => {
  it.each(codes)('writes %s with a type of Anthropic’s and our own code', (code) => {
    const body = toAnthropicErrorBody(new AppError(code, { param: 'messages[0]' }), 'request-1');

    expect(anthropicErrorBody.parse(body)).toMatchObject({
      type: 'error',
      error: { message: errorCatalogue[code].message, details: { error_code: code, param: 'messages[0]' } },
      request_id: 'request-1',
    });
    expect(body.error.type).toMatch(errorCatalogue[code].status < 500 ? /^(?!api_error)/ : /api|overloaded|timeout/);
  });

  it('writes no internal detail', () => {
    const error = new AppError('internal_error', { internal: 'secret' });

    expect(JSON.stringify(toAnthropicErrorBody(error, null))).not.toContain('secret');
  });
});
