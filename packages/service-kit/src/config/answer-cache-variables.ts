import { integer } from './common-variables.ts';
import { variable } from './read-config.ts';

/** Read by the proxy, which gives answers again, and by billing, which advises what that would have saved. */
export const answerCacheVariables = {
  cacheTtlSeconds: variable(
    'CACHE_TTL_SECONDS',
    integer(1, 604_800).default(3600),
    'How long an answer may be given again, in seconds.',
  ),
  cacheHitPricePercent: variable(
    'CACHE_HIT_PRICE_PERCENT',
    integer(0, 100).default(0),
    'What an answer that is given again costs, in percent of its price.',
  ),
};
