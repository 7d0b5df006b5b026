import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { AdmissionStore } from '@aggregator/admission';
import { type LeaseAnswer, leaseRequest, peerHeader } from '@aggregator/contracts';
import { createIdentityVerifier, createUuidV7, type InternalKeyring } from '@aggregator/service-kit';

/** Billing as the proxy sees it: grants leases out of one balance until it is spent. */
export interface FakeBilling {
  readonly url: string;
  /** Every `neededNanoUsd`, in order. */
  readonly asked: bigint[];
  balanceNanoUsd: bigint;
  /** True if it responds with 503 to everything. */
  isDown: boolean;
  close(): Promise<void>;
}

export async function startFakeBilling(options: {
  admission: AdmissionStore;
  keyring: InternalKeyring;
  balanceNanoUsd: bigint;
}): Promise<FakeBilling> {
  const verifier = createIdentityVerifier(options.keyring, 'billing');
  const asked: bigint[] = [];

  async function lease(body: string): Promise<LeaseAnswer> {
    const { orgId, neededNanoUsd } = leaseRequest.parse(JSON.parse(body));
    const needed = BigInt(neededNanoUsd);
    asked.push(needed);
    if (billing.balanceNanoUsd < needed) return { result: 'insufficient' };
    const leaseId = createUuidV7();
    billing.balanceNanoUsd -= needed;
    await options.admission.grantCredit({ orgId, leaseId, amountNanoUsd: needed });
    return { result: 'granted', leaseId, amountNanoUsd: neededNanoUsd };
  }

  const server = createServer(async (request, response) => {
    const token = request.headers[peerHeader];
    const peer = await verifier.verifyPeer(typeof token === 'string' ? token : undefined).catch(() => null);
    const path = request.method === 'POST' && peer === 'proxy' ? request.url : undefined;
    const paths = ['/internal/leases', '/internal/spools/watermark', '/internal/rejections'];
    const isKnown = path !== undefined && paths.includes(path);
    response.statusCode = billing.isDown ? 503 : isKnown ? 200 : 404;
    const body = await text(request);
    const answer = async () => (path === '/internal/leases' ? lease(body) : { mark: '1' });
    response.end(response.statusCode === 200 ? JSON.stringify(await answer()) : '{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const billing: FakeBilling = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    balanceNanoUsd: options.balanceNanoUsd,
    isDown: false,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return billing;
}
