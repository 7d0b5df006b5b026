const names = ['provider', 'model', 'outcome', 'keyId', 'userId', 'teamId', 'from', 'to'] as const;

/** What a list of requests is narrowed to: query fields of `GET /v1/billing/requests`. */
export type RequestFilter = { readonly [Name in (typeof names)[number]]?: string };

/** Returns the fields of a filter that say something; anything else of an address or a form is left out. */
export function toFilter(given: Readonly<Record<string, unknown>>): RequestFilter {
  const said = names.flatMap((name) => {
    const value = given[name];
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
    return text === '' ? [] : [[name, text] as const];
  });
  return Object.fromEntries(said);
}
