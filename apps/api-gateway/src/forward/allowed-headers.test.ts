import { packedHeader } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { toAnswerHeaders } from './allowed-headers.ts';

describe('headers of an answer', () => {
  it('are unpacked, and pass by their names', () => {
    const packed = ['x-ratelimit-limit-requests', '5', 'set-cookie', 'a=b', 'ratelimit', '"requests";r=4', 'cut'];
    const headers = { 'content-type': 'application/json', server: 'x', [packedHeader]: packed.join('\t') };

    expect(toAnswerHeaders(headers, ['x-request-id', '1'])).toEqual([
      ...['x-request-id', '1', 'content-type', 'application/json'],
      ...['x-ratelimit-limit-requests', '5', 'ratelimit', '"requests";r=4'],
    ]);
  });

  it('are none if nothing is packed', () => {
    expect(toAnswerHeaders({ [packedHeader]: '' }, [])).toEqual([]);
  });
});
