import { z } from 'zod';
import { budgetAmount, budgetPeriod } from '../budget.ts';
import { registerRequest } from './identity.ts';
import { queryPage } from './page.ts';
import { ssoRole } from './sso.ts';

export const bulkRowsMax = 5000;
const teamName = z.string().trim().min(1).max(100);

/** A hard budget of the person or the team; `month` where the period is absent. */
const budget = { budgetNanoUsd: budgetAmount.optional(), budgetPeriod: budgetPeriod.optional() };

/** One team, with its budget; it is made if it does not exist. */
export const bulkTeamRow = z.strictObject({ kind: z.literal('team'), name: teamName, ...budget });
export type BulkTeamRow = z.infer<typeof bulkTeamRow>;

/** One person. Teams that do not exist are made. */
export const bulkRow = z.strictObject({
  kind: z.literal('user').optional(),
  email: registerRequest.shape.email,
  /** Of a new account; the address where absent. */
  name: registerRequest.shape.name.optional(),
  /** `developer` for a new member where absent; a member keeps its role. */
  role: ssoRole.optional(),
  teams: z.array(teamName).max(20).default([]),
  ...budget,
  /** Name of an API key of the person, for the first of `teams`. It is made if the person has none of that name. */
  key: registerRequest.shape.name.optional(),
  /** True: a person whose address is of no domain of the organisation gets an invitation, with one team at most. */
  invite: z.boolean().optional(),
});
export type BulkRow = z.infer<typeof bulkRow>;

/**
 * `POST /auth/organization/bulk`: `rows`, or `csv` with a header of the names of its fields; teams are separated by
 * `;`.
 */
export const createBulkRequest = z
  .strictObject({
    rows: z.array(z.record(z.string(), z.unknown())).min(1).max(bulkRowsMax).optional(),
    csv: z.string().min(1).max(1_000_000).optional(),
    /** True: nothing changes; the report says what would. */
    dryRun: z.boolean().default(false),
  })
  .refine(({ rows, csv }) => (rows === undefined) !== (csv === undefined), 'Give either rows or csv.');
export type CreateBulkRequest = z.infer<typeof createBulkRequest>;

/**
 * `created`: a new account and member; `joined`: an account that became a member; `invited`: a mail with a link;
 * `changed`: another role or team.
 */
export const bulkResult = z.enum(['created', 'joined', 'invited', 'changed', 'unchanged', 'failed']);
export type BulkResult = z.infer<typeof bulkResult>;

export const bulkJob = z.strictObject({
  id: z.uuid(),
  isDryRun: z.boolean(),
  total: z.number().int(),
  /** Rows that were processed. The job is over if it equals `total`. */
  done: z.number().int(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});
export type BulkJob = z.infer<typeof bulkJob>;

/** Query of `GET /auth/organization/bulk/{id}`. `cursor`: number of the last row of the page before. */
export const bulkReportQuery = z.strictObject({
  ...queryPage.shape,
  cursor: z
    .string()
    .regex(/^\d{1,6}$/, 'a whole number')
    .transform(Number)
    .optional(),
});
/** A page of the report, in the order of the rows. */
export const bulkReport = bulkJob.extend({
  rows: z
    .array(
      z.strictObject({
        /** 1 for the first. */
        number: z.number().int(),
        email: z.string().nullable(),
        /** Name of the team, of a row of a team. */
        team: z.string().nullable(),
        /** The API key that the row made; for the maker of the list alone, for a day after its end. */
        key: z.string().nullable(),
        /** Null until it is processed. */
        result: bulkResult.nullable(),
        message: z.string().nullable(),
      }),
    )
    .max(100),
  nextCursor: z.string().nullable(),
});
export type BulkReport = z.infer<typeof bulkReport>;

/**
 * `GET /auth/organization/bulk/export`: teams and people of the organisation, with the budgets of lists
 * and the name of the oldest API key of each person, as rows of a job.
 */
export const bulkExport = z.strictObject({
  rows: z.array(z.union([bulkTeamRow, bulkRow.extend({ role: z.string() })])),
});
/** Query of the export: `json` where absent. */
export const bulkExportQuery = z.strictObject({ format: z.enum(['json', 'csv']).optional() });
