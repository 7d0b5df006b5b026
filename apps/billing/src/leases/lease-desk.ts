import type { LeaseAnswer } from '@aggregator/contracts';
import { formatNanoUsd } from '@aggregator/pricing';
import { grantLease, type LeaseContext } from './grant-lease.ts';

/** A lease on its way, and the part of it that no request has asked for yet. */
interface Flight {
  readonly needed: bigint;
  readonly result: Promise<LeaseAnswer>;
  /** Nano-USD; known once the lease is granted. */
  spare: bigint;
}

/** Where proxies ask for credit. */
export interface LeaseDesk {
  /** @throws {AppError} `billing_unavailable` */
  lease(orgId: string, needed: bigint): Promise<LeaseAnswer>;
}

/**
 * One lease at a time for each organisation: who asks while one is on its way waits for it, and shares it as far as it
 * goes. So a hundred requests that find an empty counter store do not take a hundred leases.
 */
export function createLeaseDesk(context: LeaseContext): LeaseDesk {
  const flights = new Map<string, Flight>();

  const takeOff = (orgId: string, needed: bigint): Flight => {
    const flight: Flight = { needed, spare: 0n, result: Promise.resolve().then(() => fly()) };
    const fly = async (): Promise<LeaseAnswer> => {
      try {
        const lease = await grantLease(context, orgId, needed);
        if (lease !== null && 'retryAfterMs' in lease) {
          context.events.leaseAnswered('limited', 0n);
          return { result: 'limited', retryAfterMs: lease.retryAfterMs };
        }
        context.events.leaseAnswered(lease === null ? 'insufficient' : 'granted', lease?.amountNanoUsd ?? 0n);
        if (lease === null) return { result: 'insufficient' };
        flight.spare = lease.amountNanoUsd > needed ? lease.amountNanoUsd - needed : 0n;
        return { result: 'granted', leaseId: lease.id, amountNanoUsd: formatNanoUsd(lease.amountNanoUsd) };
      } finally {
        flights.delete(orgId);
      }
    };
    flights.set(orgId, flight);
    return flight;
  };

  return {
    async lease(orgId, needed) {
      for (;;) {
        const flight = flights.get(orgId);
        if (flight === undefined) return takeOff(orgId, needed).result;
        const answer = await flight.result;
        if (answer.result !== 'granted' && needed >= flight.needed) return answer;
        if (answer.result === 'granted' && flight.spare >= needed) {
          flight.spare -= needed;
          return answer;
        }
      }
    },
  };
}
