/** A field with its text, as it is searched. */
interface Other {
  readonly name: string;
  readonly text: string;
}

/** Returns the end user and the unknown fields of a request: they reach the provider beside its text. */
export function listOthers(request: Readonly<Record<string, unknown>>, known: readonly string[]): readonly Other[] {
  return Object.entries(request)
    .filter(([name]) => name === 'user' || !known.some((one) => one.split('.')[0] === name))
    .map(([name, value]) => ({ name, text: `${name}\n${JSON.stringify(value) ?? ''}` }));
}

/** Returns the request without the fields in which something was masked: no answer has anything of them to restore. */
export function leaveOut<Request extends Readonly<Record<string, unknown>>>(
  request: Request,
  others: readonly Other[],
  masked: readonly string[],
): Request {
  const kept: Record<string, unknown> = { ...request };
  for (const [at, { name, text }] of others.entries()) if (masked[at] !== text) delete kept[name];
  return kept as Request;
}
