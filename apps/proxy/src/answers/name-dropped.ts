import { AppError } from '@aggregator/contracts';
import type { ChatSurface } from '@aggregator/surfaces';

/**
 * All that did not go over, by the surface and by the provider, in the caller's own names. A request that is `strict` would rather be refused.
 * @throws {AppError} `unsupported_parameter`
 */
export function nameDropped(
  request: { readonly strict?: boolean | null | undefined },
  bySurface: readonly string[],
  byProvider: readonly string[],
  { fieldNames = {} }: Pick<ChatSurface, 'fieldNames'> = {},
): readonly string[] {
  const named = byProvider.map((name) => (Object.hasOwn(fieldNames, name) ? (fieldNames[name] ?? name) : name));
  const names = bySurface.length === 0 ? named : [...new Set([...bySurface, ...named])];
  const [first] = names;
  if (request.strict !== true || first === undefined) return names;
  const message = `The request is strict, and the provider of this model does not take: ${names.join(', ')}.`;
  throw new AppError('unsupported_parameter', { param: first, message });
}
