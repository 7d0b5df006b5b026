import { hostname } from 'node:os';
import { listTargetKeys } from '@aggregator/routing';
import { createEnvelope, type IdentitySigner, type InternalClient } from '@aggregator/service-kit';
import type { Agent } from 'undici';
import { z } from 'zod';
import { recoverIntents } from './money/recover-intents.ts';
import type { Stores } from './open-stores.ts';
import type { ProxyContext } from './proxy-context.ts';
import { composeReport } from './reports/compose-report.ts';
import { listRekeyed } from './reports/list-rekeyed.ts';
import { ProxyReporter } from './reports/proxy-reporter.ts';
import { createRejectionReporter } from './reports/rejection-reporter.ts';
import type { createWatermarkReporter } from './reports/watermark-reporter.ts';
import { type FollowOptions, followSnapshots } from './snapshot/follow-snapshots.ts';
import { takeLastKnownGood } from './snapshot/last-known-good.ts';
import type { SnapshotOffers } from './snapshot/snapshot-offers.ts';

const snapshotSilenceMsMax = 10_000;
const reportIntervalMs = 5000;

/** What the tasks need beside the context. */
export interface TaskParts {
  readonly billing: InternalClient;
  readonly orchestrator: InternalClient;
  /** Only for the stream of snapshots. */
  readonly streamAgent: Agent;
  readonly signer: IdentitySigner;
  readonly offers: SnapshotOffers;
  readonly stores: Pick<Stores, 'lastKnownGood'>;
  readonly watermark: ReturnType<typeof createWatermarkReporter>;
}

/** Starts what the proxy does beside its requests. Resolves when all of it has ended, after `signal`. */
export function startTasks(context: ProxyContext, parts: TaskParts, signal: AbortSignal): Promise<unknown> {
  const { events, spool, corrections, rejections } = context;
  const { lastKnownGood } = parts.stores;
  const { credentialsEncryptionKeys: keys } = context.config;
  const envelope = keys === undefined ? null : createEnvelope(keys);
  const reporter = createReporter(context, parts);
  const follow = toFollowOptions(context, parts, () => reporter.noteNews());
  return Promise.all([
    followSnapshots(follow, signal),
    envelope && lastKnownGood && takeLastKnownGood(follow, lastKnownGood, envelope),
    reporter.run(signal),
    parts.watermark.run(signal),
    createRejectionReporter(rejections, parts.billing, events.rejectionsNotSent).run(signal),
    recoverIntents(context, spool.abandonedIntents, signal),
    corrections.run(signal),
  ]).catch((error: unknown) => events.partFailed('background', error));
}

function toFollowOptions(context: ProxyContext, parts: TaskParts, onAnswer: () => void): FollowOptions {
  const { config, spool, routing, pools, credentials, events, memory, traffic } = context;
  const { orchestratorUrl, snapshotPath } = config;
  const { streamAgent: agent, signer, orchestrator, offers } = parts;
  return {
    ...{ proxyId: spool.id, orchestratorUrl, snapshotPath, silenceMsMax: snapshotSilenceMsMax },
    ...{ agent, signer, orchestrator, current: routing, offers, pools, credentials, events, onAnswer },
    onSwap(before) {
      const index = routing.require();
      memory.retain(listTargetKeys(index));
      const rekeyed = listRekeyed(before?.providers ?? [], index.snapshot.providers);
      for (const provider of rekeyed) traffic.forgetRefusals(provider);
    },
  };
}

function createReporter(context: ProxyContext, { offers, orchestrator }: TaskParts): ProxyReporter {
  const { config, spool, routing, traffic, pools, memory, room } = context;
  return new ProxyReporter({
    intervalMs: reportIntervalMs,
    async send() {
      const instance = config.instanceName ?? hostname();
      const readIndex = () => routing.index;
      const countRequests = () => room.count;
      const parts = { proxyId: spool.id, instance, offers, readIndex, traffic, pools, memory, countRequests };
      const body = composeReport(parts);
      await orchestrator.call({ method: 'POST', path: '/internal/proxies/reports', body, answer: z.unknown() });
    },
    onFailure: context.events.reportNotSent,
  });
}
