import { z } from 'zod';
import { reportedProvidersMax } from '../bounds.ts';
import { providerHealth } from '../management/providers.ts';
import { providerName } from '../routing-snapshot.ts';

/** One proxy's live view of one provider, over the last minute. */
export const providerTraffic = z.strictObject({
  provider: providerName,
  /** The worst of its targets: one that is skipped at the moment, one whose probe is due, or none. */
  breaker: z.enum(['closed', 'half_open', 'open']),
  /** Attempts that ended, and those of them that failed through the provider. */
  attempts: z.number().int().min(0),
  failures: z.number().int().min(0),
  /** To the first life of an answer, or the whole of one that is not streamed. Null without a whole answer. */
  p95Ms: z.number().int().min(0).nullable(),
  /** Requests open there now, those to a provider that has left the snapshot included. */
  inFlight: z.number().int().min(0),
  /** Attempts of the last minute that the provider refused by 401 or 403: its key is dead. */
  unauthorized: z.number().int().min(0),
});
export type ProviderTraffic = z.infer<typeof providerTraffic>;

/** An entry of a snapshot that this proxy could not take; it serves the others. */
export const entryProblem = z.strictObject({
  /** `providers/<name>`, `routes/<name>`, `prices/<version>`; `snapshot` where it was refused whole. */
  entry: z.string().max(300),
  message: z.string().max(500),
});
export type EntryProblem = z.infer<typeof entryProblem>;

/**
 * Proxy → orchestrator `POST /internal/proxies/reports`: at once after each snapshot (the acknowledgement), and every
 * few seconds, so that who stays silent is known to be gone.
 */
export const proxyReport = z.strictObject({
  proxyId: z.string().min(1).max(100),
  /** As the platform calls this process: the name of its pod. */
  instance: z.string().min(1).max(253),
  /** The newest snapshot that it was offered, and what became of it. Null before the first. */
  snapshot: z
    .strictObject({
      epoch: z.number().int().min(1),
      version: z.number().int().min(1),
      /** `nack`: refused whole; the proxy keeps serving the previous snapshot. */
      result: z.enum(['ack', 'nack']),
      problems: z.array(entryProblem).max(100),
    })
    .nullable(),
  requestsInFlight: z.number().int().min(0),
  providers: z.array(providerTraffic).max(reportedProvidersMax),
});
export type ProxyReport = z.infer<typeof proxyReport>;

/**
 * Orchestrator `GET /internal/routing-state`, and for holders of `providers:manage` `GET /orchestrator/state`: what is
 * published, and what each proxy reported. The same at every instance.
 */
export const routingState = z.strictObject({
  epoch: z.number().int().min(1),
  version: z.number().int().min(1),
  proxies: z
    .array(
      proxyReport.pick({ proxyId: true, instance: true, snapshot: true, requestsInFlight: true }).extend({
        lastSeenAt: z.iso.datetime(),
      }),
    )
    .max(500),
  /** Of all proxies together: worst breaker and p95, sums of the rest; with the orchestrator's own probes. */
  providers: z.array(z.strictObject({ ...providerTraffic.shape, health: providerHealth })).max(reportedProvidersMax),
});
export type RoutingState = z.infer<typeof routingState>;
