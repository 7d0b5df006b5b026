import { createTestDatabase, type TestDatabase } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { type AuditDetail, toCanonicalJson } from './canonical-json.ts';

/** Text that JSON can hold; PostgreSQL refuses the character 0 and lone surrogates. */
const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0') && value.isWellFormed());
const detail = fc.letrec<{ value: AuditDetail }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.maxSafeInteger().map((value) => value + 0),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 5 }),
  ),
})).value;

describe('toCanonicalJson', () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase({ isEmpty: true });
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it('writes every value as PostgreSQL writes it for jsonb, and a value that was stored as before', async () => {
    await fc.assert(
      fc.asyncProperty(detail, async (value) => {
        const canonical = toCanonicalJson(value);
        const { rows } = await client.query('SELECT $1::text::jsonb::text AS text, $1::text::jsonb AS stored', [
          canonical,
        ]);
        expect(rows[0].text).toBe(canonical);
        expect(toCanonicalJson(rows[0].stored)).toBe(canonical);
      }),
      { numRuns: 300 },
    );
  });

  it('rejects a number that is no safe integer', () => {
    for (const value of [0.5, 2 ** 53, Number.NaN]) expect(() => toCanonicalJson([value])).toThrow(RangeError);
  });
});
