import swc from '@swc/jest';

/**
 * Compiles as the other tiers do, but one file without the guard of a promise: `REMOVED_GUARD` is JSON of its path, its text,
 * and what stands there instead.
 */
export function createTransformer(options) {
  const inner = swc.createTransformer(options);
  const { path, guard, instead } = JSON.parse(process.env.REMOVED_GUARD);
  const change = (source, name) => (name.endsWith(`/${path}`) ? source.replace(guard, () => instead) : source);
  return {
    ...inner,
    process: (source, name, rest) => inner.process(change(source, name), name, rest),
    processAsync: (source, name, rest) => inner.processAsync(change(source, name), name, rest),
    getCacheKey: (source, name, rest) => inner.getCacheKey(change(source, name), name, rest),
  };
}

export default { createTransformer };
