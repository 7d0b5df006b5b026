import { AppError } from '@aggregator/contracts';

/**
 * All that did not go over, by the surface and by the provider. A request that is `strict` would rather be refused.
 * @throws {AppError} `unsupported_parameter`
 */
export function nameDropped(
  request: { readonly strict?: boolean | null | undefined },
  bySurface: readonly string[],
  byProvider: readonly string[],
): readonly string[] {
  const names = bySurface.length === 0 ? byProvider : [...new Set([...bySurface, ...byProvider])];
  const [first] = names;
  if (request.strict !== true || first === undefined) return names;
  const message = `The request is strict, and the provider of this model does not take: ${names.join(', ')}.`;
  throw new AppError('unsupported_parameter', { param: first, message });
}
