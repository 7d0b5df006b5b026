import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelRouteSpec, providerSpec, providerStatus } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { toStructuralSchema } from '../../scripts/crds/structural-schema.ts';
import { root } from '../tidy/source-files.ts';

const page = readFileSync(join(root, 'docs/providers-on-kubernetes.md'), 'utf8');
const samples = readdirSync(join(root, 'k8s/samples')).filter((name) => name.endsWith('.yaml'));

type Json = Readonly<Record<string, unknown>>;
const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? { ...value } : {});

interface Field {
  path: string;
  isRequired: boolean;
  fallback: unknown;
}

/** Every field below a schema, lists by `[]`. */
function fieldsOf(schema: Json, path: string): Field[] {
  if (schema.items !== undefined) return fieldsOf(asObject(schema.items), `${path}[]`);
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(asObject(schema.properties)).flatMap(([name, field]) => {
    const inner = asObject(field);
    const here = { path: `${path}.${name}`, isRequired: required.includes(name), fallback: inner.default };
    return [here, ...fieldsOf(inner, here.path)];
  });
}

/** Path and default of every row of a section's tables. */
function rowsOf(section: string): [string, string][] {
  const text = page.split(/^## /m).find((one) => one.startsWith(section)) ?? '';
  return [...text.matchAll(/^\| `(spec[^`]*)` \| ([^|]*)\|/gm)].map(([, path = '', fallback = '']) => [
    path,
    fallback.trim(),
  ]);
}

function toCell({ isRequired, fallback }: Field): string {
  if (isRequired) return '**required**';
  if (fallback === undefined) return '';
  const text =
    typeof fallback === 'object' ? JSON.stringify(fallback).replaceAll('"', '').replace(':', ': ') : fallback;
  return `\`${String(text)}\``;
}

describe('docs/providers-on-kubernetes.md', () => {
  it.each(samples)('shows k8s/samples/%s as it is', (name) => {
    const shown = new RegExp(`<!-- sample: ${name} -->\\n\`\`\`yaml\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1];
    expect(shown).toBe(readFileSync(join(root, 'k8s/samples', name), 'utf8'));
  });

  it.each([
    ['Provider: spec', providerSpec],
    ['A name of your own', modelRouteSpec],
  ])('lists under "%s" every field with its default, and no other', (section, schema) => {
    const prose = new Map([
      ['spec.targets[].model', '`spec.model`'],
      ['spec.targets[].providerRef.namespace', 'its own'],
    ]);
    const fields = fieldsOf(toStructuralSchema(schema, 'spec'), 'spec');
    const expected = fields.map((field): [string, string] => [field.path, prose.get(field.path) ?? toCell(field)]);
    expect(rowsOf(section).sort()).toEqual(expected.sort());
  });

  it('names every part of the status', () => {
    const parts = fieldsOf(toStructuralSchema(providerStatus, 'status'), 'status').filter(
      ({ path }) => path.split('.').length === 2,
    );
    expect(parts.filter(({ path }) => !page.includes(`\`${path}\``))).toEqual([]);
  });
});
