import { z } from 'zod';

const limitDefault = 20;
const limitMax = 100;

/** Query fields of every list that is read in pages: where the page begins, and most rows, 1 to 100. */
export const pageQuery = z.strictObject({
  cursor: z.uuid().optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(limitMax))
    .default(limitDefault),
});
