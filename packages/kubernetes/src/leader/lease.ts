import { z } from 'zod';
import type { KubernetesConnection, ResourceKind } from '../port.ts';
import { resourcePath } from '../resource-path.ts';

const leaseKind: ResourceKind = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease' };

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/ (2026-11), as far as it is read. */
const wireLease = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string().regex(/^\d{1,16}$/) }),
  spec: z
    .looseObject({
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.number().nullish(),
      acquireTime: z.string().nullish(),
      renewTime: z.string().nullish(),
      leaseTransitions: z.number().nullish(),
    })
    .nullish(),
});
export type Lease = z.output<typeof wireLease>;

/** The Lease of one election. Every write names the version it replaces, so of two at once one fails with 409. */
export interface LeaseStore {
  read(deadlineMs: number, signal: AbortSignal): Promise<Lease>;
  create(spec: Lease['spec'], deadlineMs: number, signal: AbortSignal): Promise<Lease>;
  replace(lease: Lease, spec: Lease['spec'], deadlineMs: number, signal: AbortSignal): Promise<Lease>;
}

export function createLeaseStore(options: {
  connection: KubernetesConnection;
  namespace: string;
  name: string;
}): LeaseStore {
  const { connection, namespace, name } = options;
  const path = resourcePath(leaseKind, { namespace, name });
  const ask = async (
    call: { method: 'GET' | 'POST' | 'PUT'; path: string; body?: unknown },
    deadlineMs: number,
    signal: AbortSignal,
  ) => wireLease.parse(await connection.request({ ...call, deadlineMs, signal, priority: 'high' }));
  const identity = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };

  return {
    read: (deadlineMs, signal) => ask({ method: 'GET', path }, deadlineMs, signal),
    create: (spec, deadlineMs, signal) =>
      ask(
        {
          method: 'POST',
          path: resourcePath(leaseKind, { namespace }),
          body: { ...identity, metadata: { name, namespace }, spec },
        },
        deadlineMs,
        signal,
      ),
    replace: (lease, spec, deadlineMs, signal) =>
      ask({ method: 'PUT', path, body: { ...lease, ...identity, spec } }, deadlineMs, signal),
  };
}

/** A MicroTime, which the API server refuses without its six digits. */
export function toMicroTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace('Z', '000Z');
}
