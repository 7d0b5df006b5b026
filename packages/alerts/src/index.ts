export {
  AlertWatch,
  clearAfterMs,
  type DueAlert,
  toAlertKey,
  type WatchResult,
  type WatchRound,
} from './alert-watch.ts';
export { FigureBook, type Report } from './figures/figure-book.ts';
export { parseMetrics, type Sample } from './figures/parse-metrics.ts';
export { type Active, toSummary } from './judge-rule.ts';
export { readFigures } from './read-figures.ts';
export type { AlertRule } from './rule.ts';
export { alertRules } from './rules/alert-rules.ts';
export { scopePlaceholder, servicePlaceholder, toPromql, toSummaryTemplate } from './to-promql.ts';
