import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelRouteSpec, priceTableSpec, providerSpec } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { crdFiles } from '../../scripts/crds/definitions.ts';
import { toStructuralSchema } from '../../scripts/crds/structural-schema.ts';
import { root } from '../tidy/source-files.ts';
import { type Manifest, readSamples } from './samples.ts';

const templates = 'charts/aggregator-crds/templates';
const committed = new Map(
  readdirSync(join(root, templates)).map((name) => [name, readFileSync(join(root, templates, name), 'utf8')]),
);
const ours = (manifest: Manifest) => manifest.apiVersion.startsWith('aggregator.dev/');
const specSchemas: Readonly<Record<string, z.ZodType>> = {
  Provider: providerSpec,
  ModelRoute: modelRouteSpec,
  PriceTable: priceTableSpec,
};

describe('the custom resource definitions', () => {
  it('are the ones that the contracts say (npm run generate:crds writes them)', () => {
    expect(committed).toEqual(crdFiles());
  });

  it('have an invalid sample for every CEL rule', () => {
    const messages = [...[...committed.values()].join('\n').matchAll(/- rule: .*\n\s+message: "?(.*?)"?$/gm)].map(
      (match) => match[1] ?? '',
    );
    const expected = readSamples('tests/crds/invalid').map((sample) => sample.expected ?? '');
    expect(messages.length).toBeGreaterThan(15);
    expect(messages.filter((message) => !expected.some((text) => text.includes(message)))).toEqual([]);
  });

  it('outlive the chart that brought them', () => {
    for (const text of committed.values()) expect(text).toContain('helm.sh/resource-policy: keep');
  });
});

describe('the samples of custom resources', () => {
  const good = [...readSamples('tests/crds/valid'), ...readSamples('k8s/samples')];
  const specs = good.flatMap(({ name, manifests }) => manifests.filter(ours).map((one) => [name, one] as const));

  it.each(specs)('%s is read by the operator as the API server takes it', (_name, { kind, spec }) => {
    expect(specSchemas[kind]?.safeParse(spec)).toMatchObject({ success: true });
  });

  it('say what is expected wherever they are invalid', () => {
    const silent = readSamples('tests/crds/invalid').filter(({ expected }) => expected === undefined);
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});

describe('a structural schema', () => {
  const convert = (schema: z.ZodType) => toStructuralSchema(schema, 'spec');

  it('says null, constants and open bounds in the words of OpenAPI 3.0', () => {
    const schema = z.strictObject({
      kind: z.literal('a'),
      count: z.int().positive().nullable(),
      big: z.int(),
      when: z.iso.datetime(),
    });
    expect(convert(schema)).toEqual({
      type: 'object',
      required: ['kind', 'count', 'big', 'when'],
      properties: {
        kind: { type: 'string', enum: ['a'] },
        count: { type: 'integer', format: 'int64', minimum: 1, nullable: true },
        big: { type: 'integer', format: 'int64' },
        when: { type: 'string', format: 'date-time' },
      },
    });
  });

  it.each([
    ['a text without a bound', z.object({ a: z.string() }), 'spec.a has no maxLength'],
    ['a list without a bound', z.object({ a: z.array(z.boolean()) }), 'spec.a has no maxItems'],
    ['a map without a bound', z.object({ a: z.record(z.string(), z.boolean()) }), 'spec.a has no maxProperties'],
    ['a union', z.object({ a: z.union([z.boolean(), z.int()]) }), 'spec.a: a union has no structural form'],
    [
      'a pattern beyond RE2',
      z.object({
        a: z
          .string()
          .max(9)
          .regex(/^(?!a)/),
      }),
      'spec.a: RE2 does not know ^(?!a)',
    ],
  ])('is not made of %s', (_what, schema, message) => {
    expect(() => convert(schema)).toThrow(message);
  });
});
