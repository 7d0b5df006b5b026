import { z } from 'zod';
import {
  budgetAmount,
  budgetLevel,
  budgetMode,
  budgetModels,
  budgetPeriod,
  budgetPeriodKey,
  timeZone,
} from '../budget.ts';
import { nanoUsdString } from '../money.ts';
import { queryPage } from './page.ts';

const name = z.string().trim().min(1).max(100);
/** Percent of the amount at which an alert is sent, once in each period. */
const alertsAt = z.array(z.number().int().min(1).max(1000)).max(10);

/** What one organisation, team, user or key may spend in a period. */
export const budget = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  level: budgetLevel,
  /** The organisation, team, user or key; for `end_user` the key or the organisation whose end users are meant. */
  subjectId: z.uuid(),
  period: budgetPeriod,
  timeZone: z.string(),
  amountNanoUsd: nanoUsdString,
  /** Models whose requests it counts; null means all. */
  models: z.array(z.string()).nullable(),
  mode: budgetMode,
  alertsAt,
  /** The user who changed it last. */
  changedBy: z.uuid().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Budget = z.infer<typeof budget>;

/** Page of budgets, as billing reads it from auth. */
export const budgetList = z.strictObject({ data: z.array(budget).max(100), nextCursor: z.string().nullable() });

/** A budget of `/auth/organization/budgets`, with names. */
export const shownBudget = budget.extend({
  /** Of the organisation, team, user or key. */
  subjectName: z.string().nullable(),
  /** Null if that user is no member of the organisation. */
  changedByName: z.string().nullable(),
});
export type ShownBudget = z.infer<typeof shownBudget>;

/** Page of `GET /auth/organization/budgets`, oldest first. */
export const shownBudgetList = z.strictObject({
  data: z.array(shownBudget).max(100),
  nextCursor: z.string().nullable(),
});

/** Query of both lists of budgets. */
export const budgetQuery = queryPage.extend({ level: budgetLevel.optional(), subjectId: z.uuid().optional() });

/** `POST /auth/organization/budgets`. `subjectId` may be absent for the organisation itself. */
export const createBudgetRequest = z.strictObject({
  ...{ name, level: budgetLevel, subjectId: z.uuid().optional(), period: budgetPeriod },
  timeZone: timeZone.default('UTC'),
  amountNanoUsd: budgetAmount,
  models: budgetModels.nullable().optional(),
  mode: budgetMode.default('hard'),
  alertsAt: alertsAt.default([50, 80, 100]),
});
export type CreateBudgetRequest = z.infer<typeof createBudgetRequest>;

/** `PATCH /auth/organization/budgets/{budgetId}`: what is not given stays. Another period counts from nothing. */
export const updateBudgetRequest = z.strictObject({
  name: name.optional(),
  period: budgetPeriod.optional(),
  timeZone: timeZone.optional(),
  amountNanoUsd: budgetAmount.optional(),
  models: budgetModels.nullable().optional(),
  mode: budgetMode.optional(),
  alertsAt: alertsAt.optional(),
});
export type UpdateBudgetRequest = z.infer<typeof updateBudgetRequest>;

/** A budget and its present use, `GET /billing/budgets/{budgetId}`. Amounts are of the present period. */
export const budgetStatus = budget.extend({
  /** Name of the present period. */
  periodKey: budgetPeriodKey,
  /** Null for `total`. */
  periodStart: z.iso.datetime().nullable(),
  periodEnd: z.iso.datetime().nullable(),
  /** By charges that are posted. */
  spentNanoUsd: nanoUsdString,
  /** By open requests, and by those whose charge is on its way; null while the counter store does not answer. */
  heldNanoUsd: nanoUsdString.nullable(),
  /** Spending at the end of the period if its rate does not change; null if there is no estimate yet. */
  forecastNanoUsd: nanoUsdString.nullable(),
});
export type BudgetStatus = z.infer<typeof budgetStatus>;

/** Query of `GET /billing/budgets/{budgetId}`: which end user is meant, of a budget for end users. */
export const budgetStatusQuery = z.strictObject({ endUser: z.string().min(1).max(1024).optional() });

/** Page of `GET /billing/budgets`. */
export const budgetStatusList = z.strictObject({
  data: z.array(budgetStatus).max(100),
  nextCursor: z.string().nullable(),
});
