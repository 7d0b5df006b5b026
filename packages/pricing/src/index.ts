export { formatNanoUsd, formatUsd, formatUsdPerUnit, parseNanoUsd, toUsdNumber } from './amounts.ts';
export { priceUsage } from './price-usage.ts';
export { priceWorstCase, type WorstCase } from './price-worst-case.ts';
export { picoUsdPerTokenFromUsdPerMillion } from './rates.ts';
export { selectTier } from './select-tier.ts';
