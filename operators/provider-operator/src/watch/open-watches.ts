import { credentialLabel } from '@aggregator/contracts';
import type { CacheHooks, Clock, KubernetesConnection, ResourceKind } from '@aggregator/kubernetes';
import { z } from 'zod';
import { endpointSliceKind, modelRouteKind, namespaceKind, priceTableKind, providerKind, secretKind } from './kinds.ts';
import {
  type ObservedPriceTable,
  type ObservedProvider,
  type ObservedRoute,
  readModelRoute,
  readPriceTable,
  readProvider,
} from './read-object.ts';
import { WatchedKind } from './watched-kind.ts';

/** Which version of a Secret is there; never what is in it. */
export interface SecretVersion {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

export interface NamespaceLabels {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Watches {
  readonly providers: WatchedKind<ObservedProvider>;
  readonly routes: WatchedKind<ObservedRoute>;
  /** A cluster may have older definitions, without this kind. */
  readonly priceTables: WatchedKind<ObservedPriceTable>;
  /** Of Secrets with the label alone. */
  readonly secrets: WatchedKind<SecretVersion>;
  /** Names of the pods behind each slice that take requests. */
  readonly proxies: WatchedKind<readonly string[]>;
  /** Started at the first question for labels; null if only some namespaces are watched. */
  readonly namespaces: WatchedKind<NamespaceLabels> | null;
}

const secretVersion = z
  .object({
    metadata: z.object({ namespace: z.string(), name: z.string(), uid: z.string(), resourceVersion: z.string() }),
  })
  .transform(({ metadata }): SecretVersion => metadata);

const namespaceLabels = z
  .object({ metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).optional() }) })
  .transform(({ metadata: { name, labels = {} } }): NamespaceLabels => ({ name, labels }));

/** Source: Kubernetes API reference, EndpointSlice v1. Ready unless the slice says otherwise, as for every consumer. */
const readyPods = z
  .object({
    endpoints: z
      .array(
        z.object({
          conditions: z.object({ ready: z.boolean().nullish(), terminating: z.boolean().nullish() }).nullish(),
          targetRef: z.object({ kind: z.string().nullish(), name: z.string().nullish() }).nullish(),
        }),
      )
      .nullish(),
  })
  .transform(({ endpoints }) =>
    (endpoints ?? []).flatMap(({ conditions, targetRef }) => {
      const isOpen = conditions?.ready !== false && conditions?.terminating !== true;
      return isOpen && targetRef?.name ? [targetRef.name] : [];
    }),
  );

export function openWatches(options: {
  readonly connection: KubernetesConnection;
  readonly namespaces: readonly string[] | null;
  /** False if we may read Secrets by their names alone. */
  readonly watchesSecrets: boolean;
  readonly podNamespace: string;
  readonly proxyServiceName: string;
  readonly hooks: CacheHooks & { onForbidden(kind: ResourceKind, namespace: string): void };
  readonly refusalMs: number;
  readonly clock: Clock;
}): Watches {
  const { connection, namespaces, watchesSecrets, podNamespace, proxyServiceName, hooks, refusalMs, clock } = options;
  const parts = { connection, clock, refusalMs, ...hooks };
  return {
    providers: new WatchedKind({ ...parts, kind: providerKind, namespaces, parse: readProvider }),
    routes: new WatchedKind({ ...parts, kind: modelRouteKind, namespaces, parse: readModelRoute }),
    priceTables: new WatchedKind({
      ...parts,
      kind: priceTableKind,
      namespaces,
      isOptional: true,
      parse: readPriceTable,
    }),
    secrets: new WatchedKind({
      ...parts,
      kind: secretKind,
      namespaces: watchesSecrets ? namespaces : [],
      isOptional: true,

      labelSelector: `${credentialLabel}=true`,
      metadataOnly: true,
      parse: (raw) => secretVersion.parse(raw),
    }),
    proxies: new WatchedKind<readonly string[]>({
      ...parts,
      kind: endpointSliceKind,
      namespaces: [podNamespace],
      labelSelector: `kubernetes.io/service-name=${proxyServiceName}`,
      parse: (raw) => readyPods.parse(raw),
    }),
    namespaces:
      namespaces === null
        ? new WatchedKind({
            ...parts,
            kind: namespaceKind,
            namespaces: null,
            metadataOnly: true,
            parse: (raw) => namespaceLabels.parse(raw),
          })
        : null,
  };
}

/**
 * All that must have been seen before anything is decided: what has not been seen yet must not look as if it were gone.
 */
export function watchedFromTheStart({
  providers,
  routes,
  priceTables,
  secrets,
  proxies,
}: Watches): readonly WatchedKind<unknown>[] {
  return [providers, routes, priceTables, secrets, proxies];
}
