import type { AlertRule } from '../rule.ts';
import { accountRules } from './account-rules.ts';
import { moneyRules } from './money-rules.ts';
import { requestRules } from './request-rules.ts';

/** Every alert. The rules of the chart are written from this table, and the product evaluates it. */
export const alertRules: readonly AlertRule[] = [...requestRules, ...accountRules, ...moneyRules];
