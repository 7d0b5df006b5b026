import { z } from 'zod';

/** Query of a list in pages. `cursor` is the `nextCursor` of the page before; `limit` is 50 where absent. */
export const queryPage = z.strictObject({
  cursor: z.uuid().optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'a whole number from 1 to 100')
    .transform(Number)
    .pipe(z.number().min(1).max(100))
    .optional(),
});
