import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readEnvironment, readPods } from './read-pods.ts';
import { find, type Manifest, ofKind, renderChart } from './render-chart.ts';
import { leastValues } from './variants.ts';

const rulesSchema = z.array(
  z.strictObject({
    apiGroups: z.array(z.string()),
    resources: z.array(z.string()),
    resourceNames: z.array(z.string()).optional(),
    verbs: z.array(z.string()),
  }),
);

/** `patch apps/deployments` and so on: one line for each thing that is allowed. */
function listRules(role: Manifest): string[] {
  return rulesSchema
    .parse(role.rules)
    .flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          verbs.map((verb) => `${verb} ${group}/${resource}${resourceNames === undefined ? '' : ` ${resourceNames}`}`),
        ),
      ),
    )
    .sort();
}

const verbs = (all: readonly string[], resource: string) => all.map((verb) => `${verb} ${resource}`);
const read = ['get', 'list', 'watch'];
const ofResources = [
  ...verbs([...read, 'patch'], 'aggregator.dev/providers'),
  ...verbs([...read, 'patch'], 'aggregator.dev/modelroutes'),
  ...verbs(read, 'aggregator.dev/pricetables'),
  'patch aggregator.dev/pricetables/status',
  'patch aggregator.dev/providers/status',
  'patch aggregator.dev/modelroutes/status',
  ...verbs(read, '/secrets'),
  ...verbs(['create', 'patch'], '/events'),
].sort();
const ofOwnNamespace = [
  'create coordination.k8s.io/leases',
  ...verbs(['get', 'update'], 'coordination.k8s.io/leases aggregator-provider-operator'),
  ...verbs(read, 'discovery.k8s.io/endpointslices'),
].sort();

/** Without what only an uninstall runs. */
const standing = (options: Parameters<typeof renderChart>[0]) =>
  renderChart(options).manifests.filter(({ metadata }) => !isOfUninstall(metadata));
const isOfUninstall = ({ annotations }: Manifest['metadata']) => annotations?.['helm.sh/hook'] === 'post-delete';

/** The environment of the operator. */
function readOperatorSettings(manifests: readonly Manifest[]) {
  const pod = readPods(manifests).find(({ labels }) => labels['app.kubernetes.io/name'] === 'provider-operator');
  const [container] = pod?.containers ?? [];
  return container === undefined ? {} : readEnvironment(manifests, container);
}

const bindings = (manifests: readonly Manifest[]) =>
  ['RoleBinding', 'ClusterRoleBinding'].flatMap((kind) => ofKind(manifests, kind));

describe('what the operator may do', () => {
  it('is this in its own namespace and nothing in the cluster, unless more is said', () => {
    const manifests = standing({ values: leastValues });
    const roles = ofKind(manifests, 'Role');

    expect([...ofKind(manifests, 'ClusterRole'), ...ofKind(manifests, 'ClusterRoleBinding')]).toEqual([]);
    expect(roles.map(({ metadata }) => [metadata.name, metadata.namespace])).toEqual([
      ['aggregator-provider-operator', undefined],
      ['aggregator-aggregator-provider-operator', 'aggregator'],
    ]);
    expect(roles.map(listRules)).toEqual([ofOwnNamespace, ofResources]);
  });

  it('is to read the Secrets that are named, and to list none, where some are named', () => {
    const secretNames = ['openai', 'anthropic'];
    const manifests = standing({ values: { ...leastValues, operator: { secretNames } } });
    const rules = listRules(find(manifests, 'Role', 'aggregator-aggregator-provider-operator'));

    expect(rules.filter((rule) => rule.includes('/secrets'))).toEqual(['get /secrets openai,anthropic']);
    expect(readOperatorSettings(manifests)).toMatchObject({ WATCH_SECRETS: 'false' });
  });

  it('is this and nothing else where it watches the whole cluster', () => {
    const manifests = standing({ values: { ...leastValues, operator: { clusterWide: true } } });

    expect(readOperatorSettings(manifests)).toMatchObject({ WATCH_NAMESPACES: '', WATCH_SECRETS: 'true' });
    expect(ofKind(manifests, 'Role')).toHaveLength(1);
    expect(listRules(find(manifests, 'Role', 'aggregator-provider-operator'))).toEqual(ofOwnNamespace);
    expect(ofKind(manifests, 'ClusterRole')).toHaveLength(1);
    expect(listRules(find(manifests, 'ClusterRole', 'aggregator-aggregator-provider-operator'))).toEqual(
      [...ofResources, ...verbs(read, '/namespaces')].sort(),
    );
  });

  it('is nothing in the cluster where it watches some namespaces, and the same in each of those', () => {
    const manifests = standing({ values: { ...leastValues, operator: { watchNamespaces: ['team-a', 'team-b'] } } });
    const inTeams = ofKind(manifests, 'Role').filter(({ metadata }) => metadata.namespace !== undefined);

    expect([...ofKind(manifests, 'ClusterRole'), ...ofKind(manifests, 'ClusterRoleBinding')]).toEqual([]);
    expect(inTeams.map(({ metadata }) => metadata.namespace)).toEqual(['aggregator', 'team-a', 'team-b']);
    expect(inTeams.map(listRules)).toEqual([ofResources, ofResources, ofResources]);
    expect(ofKind(manifests, 'RoleBinding')).toHaveLength(4);
    expect(readOperatorSettings(manifests)).toMatchObject({ WATCH_NAMESPACES: 'aggregator,team-a,team-b' });
  });

  it.each([{ clusterWide: true }, { watchNamespaces: [] }, { watchNamespaces: ['aggregator'] }])(
    'is given to its own account alone (%j)',
    (operator) => {
      const manifests = standing({ values: { ...leastValues, operator } });
      const account = { kind: 'ServiceAccount', name: 'aggregator-provider-operator', namespace: 'aggregator' };

      expect(bindings(manifests)).toHaveLength(2);
      expect(bindings(manifests).map(({ subjects }) => subjects)).toEqual([[account], [account]]);
    },
  );

  it.each([
    [{ clusterWide: true }, 'ClusterRole'],
    [{}, 'Role'],
  ])('is, for the Job that lets Providers go when it is uninstalled, to list and patch them (%j)', (operator, kind) => {
    const { manifests } = renderChart({ values: { ...leastValues, operator } });
    const ofHook = manifests.filter(({ metadata }) => isOfUninstall(metadata));
    const account = { kind: 'ServiceAccount', name: 'aggregator-release', namespace: 'aggregator' };

    expect(ofKind(ofHook, kind).map(listRules)).toEqual([verbs(['list', 'patch'], 'aggregator.dev/providers')]);
    expect(bindings(ofHook).map(({ subjects }) => subjects)).toEqual([[account]]);
  });

  it('is not there without an operator', () => {
    const { manifests } = renderChart({ values: { ...leastValues, operator: { enabled: false } } });
    expect([...bindings(manifests), ...ofKind(manifests, 'Role'), ...ofKind(manifests, 'ClusterRole')]).toEqual([]);
  });

  it('does not meet that of another installation', () => {
    const names = (release: string, namespace: string) =>
      ofKind(
        standing({ values: { ...leastValues, operator: { clusterWide: true } }, release, namespace }),
        'ClusterRole',
      ).map(({ metadata }) => metadata.name);
    expect(new Set([...names('one', 'a'), ...names('two', 'a'), ...names('one', 'b')]).size).toBe(3);
  });
});
