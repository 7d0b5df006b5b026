import { z } from 'zod';
import { type Manifest, ofKind } from './render-chart.ts';

const labels = z.record(z.string(), z.string());
const selectorSchema = z.strictObject({
  matchLabels: labels.default({}),
  matchExpressions: z
    .array(z.strictObject({ key: z.string(), operator: z.literal('In'), values: z.array(z.string()) }))
    .default([]),
});
const peerSchema = z.strictObject({
  podSelector: selectorSchema.optional(),
  namespaceSelector: selectorSchema.optional(),
  ipBlock: z.strictObject({ cidr: z.string(), except: z.array(z.string()).default([]) }).optional(),
});
const portsSchema = z
  .array(z.strictObject({ protocol: z.enum(['TCP', 'UDP']).default('TCP'), port: z.int() }))
  .optional();
const policySchema = z.strictObject({
  podSelector: selectorSchema,
  policyTypes: z.array(z.enum(['Ingress', 'Egress'])),
  ingress: z.array(z.strictObject({ from: z.array(peerSchema).optional(), ports: portsSchema })).default([]),
  egress: z.array(z.strictObject({ to: z.array(peerSchema).optional(), ports: portsSchema })).default([]),
});

type Selector = z.output<typeof selectorSchema>;
type Peer = z.output<typeof peerSchema>;
type Labels = Readonly<Record<string, string>>;

/** A pod of a namespace, or an address outside. */
export type Endpoint =
  | { kind: 'pod'; labels: Labels; namespace: string; namespaceLabels: Labels }
  | { kind: 'address'; address: string };

export interface Traffic {
  from: Endpoint;
  to: Endpoint;
  port: number;
  protocol?: 'TCP' | 'UDP';
}

export interface Policy {
  namespace: string;
  spec: z.output<typeof policySchema>;
}

/** Throws on a field that this evaluator does not know: it would judge wrongly. */
export function readPolicies(manifests: readonly Manifest[], namespace: string): Policy[] {
  return ofKind(manifests, 'NetworkPolicy').map(({ spec }) => ({ namespace, spec: policySchema.parse(spec) }));
}

/**
 * As a cluster does that enforces policies: a pod that no policy of a direction selects is open in it, each other is closed
 * but for what some policy names; both ends must agree. Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function isAllowed(policies: readonly Policy[], traffic: Traffic): boolean {
  const { from, to, port, protocol = 'TCP' } = traffic;
  const lets = (end: Endpoint, other: Endpoint, direction: 'Ingress' | 'Egress') => {
    const selecting = policies.filter(
      ({ namespace, spec }) =>
        end.kind === 'pod' &&
        end.namespace === namespace &&
        spec.policyTypes.includes(direction) &&
        selects(spec.podSelector, end.labels),
    );
    if (selecting.length === 0) return true;
    return selecting.some(({ namespace, spec }) => {
      const rules =
        direction === 'Ingress'
          ? spec.ingress.map(({ from: peers, ports }) => ({ peers, ports }))
          : spec.egress.map(({ to: peers, ports }) => ({ peers, ports }));
      return rules.some(
        ({ peers = [], ports = [] }) =>
          (peers.length === 0 || peers.some((peer) => isPeer(peer, other, namespace))) &&
          (ports.length === 0 || ports.some((open) => open.port === port && open.protocol === protocol)),
      );
    });
  };
  return lets(from, to, 'Egress') && lets(to, from, 'Ingress');
}

function selects({ matchLabels, matchExpressions }: Selector, of: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => of[key] === value) &&
    matchExpressions.every(({ key, values }) => values.includes(of[key] ?? ''))
  );
}

function isPeer({ podSelector, namespaceSelector, ipBlock }: Peer, end: Endpoint, ownNamespace: string): boolean {
  if (ipBlock !== undefined) {
    if (end.kind === 'pod') return false;
    return isWithin(ipBlock.cidr, end.address) && !ipBlock.except.some((range) => isWithin(range, end.address));
  }
  if (end.kind !== 'pod') return false;
  const isNamespace =
    namespaceSelector === undefined ? end.namespace === ownNamespace : selects(namespaceSelector, end.namespaceLabels);
  return isNamespace && (podSelector === undefined || selects(podSelector, end.labels));
}

function isWithin(range: string, address: string): boolean {
  const [base = '', length = '32'] = range.split('/');
  const blockSize = 2 ** (32 - Number(length));
  return Math.floor(toNumber(base) / blockSize) === Math.floor(toNumber(address) / blockSize);
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
