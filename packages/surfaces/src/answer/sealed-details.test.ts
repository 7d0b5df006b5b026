import { describe, expect, it } from '@jest/globals';
import { openDetails, sealDetails } from './sealed-details.ts';

describe('sealed details', () => {
  it('come out as they went in', () => {
    const details = [{ type: 'reasoning.text' as const, text: 'Grüße 🙂', signature: 'c2ln', format: 'acme-v1' }];

    expect(openDetails(sealDetails(details))).toEqual(details);
  });

  it.each([
    ['another’s', 'gAAAAABo'],
    ['nothing', ''],
    ['no JSON', 'agd1.AAAA'],
    ['no details', `agd1.${Buffer.from('[{"type":"evil"}]').toString('base64url')}`],
  ])('are not read out of %s', (_name, text) => {
    expect(openDetails(text)).toBeNull();
  });
});
