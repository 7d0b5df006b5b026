import { describe, expect, it } from '@jest/globals';
import { readPageQuery, toPage } from './list-page.ts';

const items = Array.from({ length: 45 }, (_, at) => ({ id: `i${at}` }));
const idsOf = ({ data }: { data: readonly unknown[] }) => data.map((item) => (item as { id: string }).id);

describe('a page of items', () => {
  it('has the last 20 items first unless the query says otherwise', () => {
    const page = toPage(items, readPageQuery('/x'));
    expect(idsOf(page)).toEqual(
      items
        .slice(25)
        .toReversed()
        .map(({ id }) => id),
    );
    expect(page).toMatchObject({ object: 'list', first_id: 'i44', last_id: 'i25', has_more: true });
  });

  it.each(['asc', 'desc'])('is followed by the next one until all were listed, in order %s', (order) => {
    const seen: string[] = [];
    let after = '';
    for (let more = true; more; ) {
      const page = toPage(items, readPageQuery(`/x?limit=7&order=${order}${after}`));
      seen.push(...idsOf(page));
      after = `&after=${page.last_id}`;
      more = page.has_more;
    }
    const ids = items.map(({ id }) => id);
    expect(seen).toEqual(order === 'asc' ? ids : ids.toReversed());
  });

  it('is empty if there are no items', () => {
    expect(toPage([], readPageQuery('/x'))).toMatchObject({ data: [], first_id: null, last_id: null, has_more: false });
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=x', 'limit'],
    ['limit=1.5', 'limit'],
    ['order=up', 'order'],
    ['after=nothing', 'after'],
  ])('is rejected for ?%s', (query, param) => {
    expect(() => toPage(items, readPageQuery(`/x?${query}`))).toThrow(
      expect.objectContaining({ code: 'invalid_value', param }),
    );
  });
});
