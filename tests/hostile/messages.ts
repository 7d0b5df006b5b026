import { z } from 'zod';

/** A tenant of the installation, with the loopback address that its clients come from. */
export const tenant = z.object({ apiKey: z.string(), accessToken: z.string(), address: z.string() });
export type Tenant = z.infer<typeof tenant>;

/** What a child process that sends load is started with, as one JSON argument. */
export const loadOptions = z.object({
  baseUrl: z.url(),
  tenants: z.array(tenant),
  /** The attack, for an attacker; absent for the steady load. */
  attack: z.string().optional(),
});
export type LoadOptions = z.infer<typeof loadOptions>;

/** Orchestrator of the test → load: run for so long. */
export const runOrder = z.object({ seconds: z.number().min(1).max(600) });

/** What clients with a steady load saw. Times are milliseconds from the moment a request was due to its answer's head. */
export const steadyReport = z.object({
  requests: z.number(),
  failures: z.array(z.string()),
  p50Ms: z.number(),
  p99Ms: z.number(),
});
export type SteadyReport = z.infer<typeof steadyReport>;

/** What an attacker did, and how often it received each status; `closed` counts connections without an answer. */
export const attackReport = z.object({ started: z.number(), answers: z.record(z.string(), z.number()) });
export type AttackReport = z.infer<typeof attackReport>;
