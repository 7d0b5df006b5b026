import { objectName, ownerName } from '@aggregator/contracts';
import {
  type ConfigOf,
  commonVariables,
  type Environment,
  flag,
  integer,
  peerUrlVariable,
  readConfig,
  variable,
} from '@aggregator/service-kit';
import { z } from 'zod';

const namespacesMax = 200;
const namespace = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be names of namespaces');

/** Null: all of them. */
const namespaces = z
  .string()
  .transform((text) => [...new Set(text.split(',').flatMap((name) => name.trim() || []))])
  .pipe(z.array(namespace).max(namespacesMax))
  .transform((names) => (names.length === 0 ? null : names));

export const providerOperatorVariables = {
  ...commonVariables('provider-operator', 3006),
  watchNamespaces: variable(
    'WATCH_NAMESPACES',
    namespaces.default(null),
    'Namespaces whose Providers and ModelRoutes are looked after, separated by commas; unset, all of them.',
  ),
  watchSecrets: variable(
    'WATCH_SECRETS',
    flag.default(true),
    'Whether Secrets with the label are watched; false, those that Providers name are read once a minute, and no right to list Secrets is needed.',
  ),
  className: variable(
    'CLASS_NAME',
    ownerName.default('default'),
    'Resources whose spec.className is another one belong to another installation and are left alone.',
  ),
  podNamespace: variable(
    'POD_NAMESPACE',
    namespace.default('default'),
    'Namespace of the installation: of the Lease, and of the Service of the proxies.',
  ),
  podName: variable(
    'POD_NAME',
    objectName.optional(),
    'Name of this pod, by which it holds the Lease; unset, the name of the host.',
    { aliases: ['HOSTNAME'] },
  ),
  leaseName: variable(
    'LEASE_NAME',
    objectName.default('provider-operator'),
    'The Lease by which one of several operators leads.',
  ),
  proxyServiceName: variable(
    'PROXY_SERVICE_NAME',
    objectName.default('proxy'),
    'The Service whose ready endpoints are the proxies that must serve what is declared.',
  ),
  providerOrchestratorUrl: peerUrlVariable('provider-orchestrator'),
  kubeconfigPath: variable(
    'KUBECONFIG',
    z.string().min(1).optional(),
    'A kubeconfig; unset, ~/.kube/config, then the service account of the pod.',
  ),
  kubernetesCallsPerSecond: variable(
    'KUBERNETES_CALLS_PER_SECOND',
    integer(1, 1000).default(100),
    'Most calls a second to the API server; twice as many at once.',
  ),
} as const;

export type ProviderOperatorConfig = ConfigOf<typeof providerOperatorVariables>;

/** Throws ConfigError with every fault. */
export function readProviderOperatorConfig(environment: Environment): ProviderOperatorConfig {
  return readConfig(providerOperatorVariables, environment);
}
