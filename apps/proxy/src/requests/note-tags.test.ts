import type { IncomingMessage } from 'node:http';
import { tagsHeader, tags as tagsSchema } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import type { Exchange } from '../exchange.ts';
import { createPrincipal } from '../testing/start-world.ts';
import { noteTags } from './note-tags.ts';

const tagsOf = (body: unknown, header?: string, tagKeys: string[] | null = ['project', 'release']) => {
  const request = { headers: header === undefined ? {} : { [tagsHeader]: header } } as unknown as IncomingMessage;
  const exchange: Pick<Exchange, 'principal' | 'request' | 'tags'> = {
    principal: createPrincipal(tagKeys === null ? {} : { tagKeys }),
    request,
  };
  noteTags(exchange, body);
  return exchange.tags;
};

describe('tags of a request', () => {
  it.each([
    ['keys of metadata that are allowed', { metadata: { project: 'a', other: 'b' } }, undefined, { project: 'a' }],
    [
      'numbers and flags as texts',
      { metadata: { project: 7, release: true } },
      undefined,
      { project: '7', release: 'true' },
    ],
    [
      'the header first',
      { metadata: { project: 'a', release: 'r' } },
      'project=b%2Cc',
      { project: 'b,c', release: 'r' },
    ],
    ['nothing of another form', { metadata: { project: { a: 1 }, release: '  ' } }, 'else=x', undefined],
    ['nothing without metadata', { metadata: 'project' }, undefined, undefined],
  ])('are %s', (_name, body, header, expected) => {
    expect(tagsOf(body, header)).toEqual(expected);
  });

  it('are what a database can store, of a bounded length', () => {
    const long = tagsOf({ metadata: { project: `${'x'.repeat(127)}😀`, release: 'a\u0000b\ud800' } });
    expect(long).toEqual({ project: `${'x'.repeat(127)}\ufffd`, release: 'a b\ufffd' });
    expect(tagsSchema.safeParse(long).success).toBe(true);
  });

  it('are not read if the organisation allows none', () => {
    expect(tagsOf({ metadata: { project: 'a' } }, 'no list', null)).toBeUndefined();
  });

  it.each(['project', '=a', 'project=%zz', `project=${'a'.repeat(2050)}`])(
    'are rejected as the header %.20s',
    (header) => {
      expect(() => tagsOf({}, header)).toThrow(expect.objectContaining({ code: 'invalid_value', param: tagsHeader }));
    },
  );
});
