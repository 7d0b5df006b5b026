import { z } from 'zod';
import { invalid } from './scim-query.ts';

const operationsMax = 1000;
const body = z.object({
  Operations: z
    .array(z.object({ op: z.string(), path: z.string().max(1000).optional(), value: z.unknown().optional() }))
    .min(1)
    .max(operationsMax),
});

/** One change of one attribute. Source: RFC 7644, section 3.5.2. */
export interface ScimChange {
  readonly op: 'add' | 'replace' | 'remove';
  /** In lower case, such as `name.givenname`; filters are left out. */
  readonly attribute: string;
  /** The value of a filter in the path, as in `members[value eq "…"]`. */
  readonly selected: string | null;
  readonly value: unknown;
}

/**
 * Reads a PATCH. Operations without a path become one change for each attribute of their value, also if it is written with dots (Okta, Entra ID).
 * Throws `invalid_value` with the param `op` or `path`.
 */
export function readScimPatch(raw: unknown): ScimChange[] {
  const parsed = body.safeParse(raw);
  if (!parsed.success) throw invalid('op', "'Operations' must be a list of operations.");
  return parsed.data.Operations.flatMap(({ op: written, path, value }) => {
    const op = written.toLowerCase();
    if (op !== 'add' && op !== 'replace' && op !== 'remove')
      throw invalid('op', "'op' must be add, replace or remove.");
    if (path !== undefined) return [{ op, ...readPath(path), value }];
    if (op === 'remove') throw invalid('path', "'remove' needs a path.");
    const attributes = z.record(z.string(), z.unknown()).safeParse(value);
    if (!attributes.success) throw invalid('op', 'An operation without a path needs an object as its value.');
    return Object.entries(attributes.data).map(([name, one]) => ({ op, ...readPath(name), value: one }));
  });
}

function readPath(path: string): { attribute: string; selected: string | null } {
  const bare = path.trim().replace(/^urn:ietf:params:scim:schemas:core:2\.0:\w+:/i, '');
  const match = /^([A-Za-z][\w$-]*)(?:\[\s*[\w.]+\s+eq\s+"([^"]*)"\s*\])?(?:\.([\w$-]+))?$/i.exec(bare);
  // An attribute of another schema has its own form and is ignored.
  if (match === null && /^urn:/i.test(bare)) return { attribute: bare.toLowerCase(), selected: null };
  if (match === null) throw invalid('path', `The path '${path.slice(0, 100)}' cannot be read.`);
  const [, name = '', selected, sub] = match;
  const attribute = sub === undefined ? name : `${name}.${sub}`;
  return { attribute: attribute.toLowerCase(), selected: selected ?? null };
}
