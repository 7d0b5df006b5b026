import { FairPool, type ShareRefusal } from '@aggregator/service-kit';
import { BodyWatch } from '../bodies/body-watch.ts';
import type { ApiGatewayConfig } from '../config.ts';
import type { GatewayEvents } from '../events.ts';
import { OpenByOwner } from './open-by-owner.ts';

const mebibyte = 1024 * 1024;
/** One organisation may hold up about 500 streams at a time before it loses some. */
const unreadBytes = 96 * mebibyte;
const managementBodyBytes = 64 * mebibyte;
/** 2,048 slow bodies of 8 KiB. */
const publicBodyBytes = 16 * mebibyte;
/** A pool of bodies is at least so many times the largest body, so that each key can send one beside others. */
const bodiesMin = 4;

/** What one gateway has of each kind of place, and the watches over bodies that arrive. */
export interface GatewayPools {
  readonly aiRequests: FairPool;
  readonly aiBodies: FairPool;
  /** Bytes of answers that their clients have not read. */
  readonly unreadBytes: FairPool;
  readonly managementBodies: FairPool;
  /** Bodies of clients without a credential. */
  readonly publicBodies: FairPool;
  readonly bodies: BodyWatch;
  readonly open: OpenByOwner;
  readonly publicBodiesWatch: BodyWatch;
  onRefused(pool: FairPool, refusal: ShareRefusal): void;
  close(): void;
}

export function openPools(config: ApiGatewayConfig, events: GatewayEvents): GatewayPools {
  const watchOptions = {
    windowMs: config.bodyWindowMs,
    bytesPerSecondMin: config.bodyBytesPerSecondMin,
    onCut: (reason: string) => events.bodiesCut.inc({ reason }),
  };
  const bodies = new BodyWatch(watchOptions);
  const publicBodiesWatch = new BodyWatch(watchOptions);
  return {
    aiRequests: new FairPool('ai_requests', config.requestsInFlightMax),
    aiBodies: new FairPool('ai_bodies', Math.max(config.bodyBytesInFlightMax, bodiesMin * config.requestBytesMax)),
    unreadBytes: new FairPool('unread_bytes', unreadBytes),
    managementBodies: new FairPool('management_bodies', managementBodyBytes),
    publicBodies: new FairPool('public_bodies', publicBodyBytes),
    ...{ bodies, publicBodiesWatch, open: new OpenByOwner() },
    onRefused: ({ name }, { kind, isFull }) => events.shareRefusals.inc({ pool: name, by: isFull ? 'pool' : kind }),
    close() {
      bodies.close();
      publicBodiesWatch.close();
    },
  };
}
