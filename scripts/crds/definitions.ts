import {
  crdGroup,
  crdVersion,
  modelRouteSpec,
  modelRouteStatus,
  priceTableSpec,
  priceTableStatus,
  providerName,
  providerSpec,
  providerStatus,
} from '@aggregator/contracts';
import { stringify } from 'yaml';
import { z } from 'zod';
import { toStructuralSchema } from './structural-schema.ts';

interface PrinterColumn {
  name: string;
  type: 'string' | 'integer' | 'date';
  jsonPath: string;
  /** 1: with `-o wide` alone. */
  priority?: 1;
}

interface ResourceDefinition {
  kind: string;
  plural: string;
  shortName: string;
  description: string;
  spec: z.ZodType;
  status: z.ZodType;
  columns: readonly PrinterColumn[];
  selectable: readonly string[];
  /** CEL rules on the whole object, which may look at `self.metadata.name` beside spec and status. */
  rules: readonly { rule: string; message: string }[];
}

const conditionPath = (type: string, field: string) => `.status.conditions[?(@.type=="${type}")].${field}`;
const age: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
const ready: readonly PrinterColumn[] = [
  { name: 'Ready', type: 'string', jsonPath: conditionPath('Ready', 'status') },
  { name: 'Reason', type: 'string', jsonPath: conditionPath('Ready', 'reason') },
];
const proxies: PrinterColumn = { name: 'Proxies', type: 'string', jsonPath: '.status.programmed.summary' };

const provider: ResourceDefinition = {
  kind: 'Provider',
  plural: 'providers',
  shortName: 'aip',
  description: 'An AI provider: where it is, with which keys, and which of its models are offered.',
  spec: providerSpec,
  status: providerStatus,
  columns: [
    { name: 'Type', type: 'string', jsonPath: '.spec.type' },
    ...ready,
    { name: 'Models', type: 'integer', jsonPath: '.status.models.count' },
    proxies,
    { name: 'Breaker', type: 'string', jsonPath: '.status.traffic.breaker' },
    { name: 'P95', type: 'string', jsonPath: '.status.traffic.p95' },
    { name: 'Errors', type: 'string', jsonPath: '.status.traffic.errors' },
    { name: 'Healthy', type: 'string', jsonPath: conditionPath('Healthy', 'status'), priority: 1 },
    { name: 'Snapshot', type: 'string', jsonPath: '.status.programmed.snapshotVersion', priority: 1 },
    age,
  ],
  selectable: ['.spec.className', '.spec.type'],
  rules: [
    {
      rule: `self.metadata.name.matches('${patternOf(providerName)}')`,
      message: 'the name of a Provider has at most 63 lower-case letters, digits and hyphens, and no dot',
    },
  ],
};

const modelRoute: ResourceDefinition = {
  kind: 'ModelRoute',
  plural: 'modelroutes',
  shortName: 'mroute',
  description: 'A public model name that stands for models of providers.',
  spec: modelRouteSpec,
  status: modelRouteStatus,
  columns: [
    { name: 'Model', type: 'string', jsonPath: '.spec.model' },
    { name: 'Strategy', type: 'string', jsonPath: '.spec.strategy' },
    ...ready,
    proxies,
    age,
  ],
  selectable: ['.spec.className'],
  rules: [],
};

const priceTable: ResourceDefinition = {
  kind: 'PriceTable',
  plural: 'pricetables',
  shortName: 'aiprice',
  description: 'Entries of the price book: what customers pay for models, and what providers charge.',
  spec: priceTableSpec,
  status: priceTableStatus,
  columns: [{ name: 'Prices', type: 'integer', jsonPath: '.status.prices' }, ...ready, age],
  selectable: ['.spec.className'],
  rules: [],
};

/** The files of charts/aggregator-crds/templates, by name. */
export function crdFiles(): ReadonlyMap<string, string> {
  return new Map([provider, modelRoute, priceTable].map((one) => [`${one.plural}.yaml`, toYaml(toDefinition(one))]));
}

function toYaml(definition: object): string {
  const text = stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' });
  if (text.includes('{{')) throw new Error('Helm would take {{ for a template');
  return `# Written by \`npm run generate:crds\` from packages/contracts/src/crd.\n${text}`;
}

function toDefinition(resource: ResourceDefinition): object {
  const { kind, plural, shortName } = resource;
  const singular = kind.toLowerCase();
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    // The resources stay when the chart is removed.
    metadata: { name: `${plural}.${crdGroup}`, annotations: { 'helm.sh/resource-policy': 'keep' } },
    spec: {
      group: crdGroup,
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural, singular, shortNames: [shortName], categories: ['aggregator'] },
      versions: [toVersion(resource)],
    },
  };
}

function toVersion({ description, spec, status, columns, selectable, rules }: ResourceDefinition): object {
  return {
    name: crdVersion,
    served: true,
    storage: true,
    subresources: { status: {} },
    additionalPrinterColumns: columns,
    selectableFields: selectable.map((jsonPath) => ({ jsonPath })),
    schema: {
      openAPIV3Schema: {
        type: 'object',
        description,
        required: ['spec'],
        ...(rules.length > 0 && { 'x-kubernetes-validations': rules }),
        properties: {
          apiVersion: { type: 'string' },
          kind: { type: 'string' },
          metadata: { type: 'object' },
          spec: toStructuralSchema(spec, 'spec'),
          status: toStructuralSchema(status, 'status'),
        },
      },
    },
  };
}

function patternOf(schema: z.ZodString): string {
  const { pattern } = z.toJSONSchema(schema);
  if (pattern === undefined) throw new Error('the schema has no pattern');
  return pattern;
}
