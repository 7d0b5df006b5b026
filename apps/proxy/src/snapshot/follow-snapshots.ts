import { setTimeout as wait } from 'node:timers/promises';
import { peerHeader, providerName, providersMax, tryParseJson } from '@aggregator/contracts';
import { jitteredPauseAfter } from '@aggregator/resilience';
import type { IdentitySigner } from '@aggregator/service-kit';
import { type Agent, request } from 'undici';
import { z } from 'zod';
import { readLines } from './read-lines.ts';
import { type TakeOptions, takeSnapshot } from './take-snapshot.ts';

export interface FollowOptions extends TakeOptions {
  readonly proxyId: string;
  readonly orchestratorUrl: string;
  /** The orchestrator pings more often than this; without one it is dead, or the way to it is. */
  readonly silenceMsMax: number;
  readonly agent: Agent;
  readonly signer: IdentitySigner;
}

const lineBytesMax = 32 * 1024 * 1024;
const headersTimeoutMs = 5000;
const backOff = { firstMs: 100, longestMs: 5000 };

/** As loose as can be, so that a snapshot that breaks the contract can be refused by its number. */
const looseLine = z.object({
  kind: z.string(),
  snapshot: z.unknown().optional(),
  unhealthy: z.array(providerName).max(providersMax).optional(),
});

/** Keeps the orchestrator's stream of snapshots open until `signal`: connects again, with back-off, however it ends. */
export async function followSnapshots(options: FollowOptions, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await followOnce(options, signal, () => {
        failures = 0;
      });
    } catch (error) {
      if (signal.aborted) return;
      options.events.snapshotStreamLost(error);
    }
    failures += 1;
    await wait(jitteredPauseAfter(failures, backOff, Math.random), undefined, { signal }).catch(() => undefined);
  }
}

async function followOnce(options: FollowOptions, signal: AbortSignal, onLine: () => void): Promise<void> {
  const url = new URL('/internal/snapshots', options.orchestratorUrl);
  url.searchParams.set('proxyId', options.proxyId);
  const { statusCode, body } = await request(url, {
    dispatcher: options.agent,
    headers: { [peerHeader]: await options.signer.signPeer('provider-orchestrator') },
    headersTimeout: headersTimeoutMs,
    bodyTimeout: options.silenceMsMax,
    signal,
  });
  if (statusCode !== 200) {
    await body.dump();
    throw new Error(`the orchestrator answered ${statusCode}`);
  }
  for await (const line of readLines(body, lineBytesMax)) {
    onLine();
    const parsed = looseLine.safeParse(tryParseJson(line));
    if (!parsed.success) throw new Error('the orchestrator sent a line that is none');
    const { kind, snapshot, unhealthy } = parsed.data;
    if (kind === 'snapshot') await takeSnapshot(options, snapshot);
    if (kind === 'health') options.current.trials.setUnhealthy(unhealthy ?? []);
  }
  throw new Error('the orchestrator ended the stream');
}
