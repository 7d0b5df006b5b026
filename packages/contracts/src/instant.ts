import { z } from 'zod';

/**
 * A time that a client sends, in RFC 3339: with `Z` or an offset, in upper or lower case. The output is in UTC. Also
 * takes an offset whose `+` a query turned into a space. The years 0001 to 9999 in UTC.
 */
export const instant = z
  .string()
  .max(64)
  .meta({ format: 'date-time' })
  .transform((text) => text.toUpperCase().replace(/ (\d{2}:\d{2})$/, '+$1'))
  .pipe(
    z.iso
      .datetime({
        offset: true,
        error: 'must be a time in RFC 3339, as 2027-01-31T09:30:00Z or 2027-01-31T12:30:00+03:00',
      })
      .transform((text) => new Date(text).toISOString())
      .refine((text) => /^(?!0000)\d{4}-/.test(text), 'must be in the years 0001 to 9999 in UTC'),
  );
