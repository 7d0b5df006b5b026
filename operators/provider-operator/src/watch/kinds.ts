import { crdGroup, crdVersion } from '@aggregator/contracts';
import type { ResourceKind } from '@aggregator/kubernetes';

export const providerKind: ResourceKind = {
  group: crdGroup,
  version: crdVersion,
  plural: 'providers',
  kind: 'Provider',
};
export const modelRouteKind: ResourceKind = {
  group: crdGroup,
  version: crdVersion,
  plural: 'modelroutes',
  kind: 'ModelRoute',
};
export const priceTableKind: ResourceKind = {
  group: crdGroup,
  version: crdVersion,
  plural: 'pricetables',
  kind: 'PriceTable',
};
export const secretKind: ResourceKind = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret' };
export const namespaceKind: ResourceKind = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' };
export const endpointSliceKind: ResourceKind = {
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
  kind: 'EndpointSlice',
};
