import { z } from 'zod';

/** Items of one page, as a query has them: 1 to 100. The pattern is exact, since the reference of the API shows it. */
export const pageLimit = z
  .string()
  .regex(/^(?:0{0,2}[1-9]|0?[1-9]\d|100)$/, 'a whole number from 1 to 100')
  .transform(Number);

/** Query of a list in pages. `cursor` is the `nextCursor` of the page before; `limit` is 50 where absent. */
export const queryPage = z.strictObject({ cursor: z.uuid().optional(), limit: pageLimit.optional() });
