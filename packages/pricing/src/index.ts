export { formatNanoUsd, formatUsd, formatUsdPerUnit, parseNanoUsd, toUsdNumber } from './amounts.ts';
export { costRequest, costUsage } from './cost-usage.ts';
export {
  type CorrectionJudgement,
  isOpenEnd,
  judgeCorrection,
  judgeUsage,
  type RefusalReason,
  type UsageJudgement,
} from './judge-usage.ts';
export { priceUsage } from './price-usage.ts';
export { priceWorstCase, type WorstCase } from './price-worst-case.ts';
export { picoUsdPerTokenFromUsdPerMillion } from './rates.ts';
export { scalePrice } from './scale-price.ts';
export { inputComponents, outputComponents, selectTier } from './select-tier.ts';
