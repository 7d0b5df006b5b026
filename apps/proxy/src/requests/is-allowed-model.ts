import type { ModelRow } from '@aggregator/contracts';

/** True if a key that is kept to certain models (null: to none) may see this one, under any of its names. */
export function isAllowedModel(
  { id, provider }: Pick<ModelRow, 'id' | 'provider'>,
  allowed: readonly string[] | null,
): boolean {
  if (allowed === null) return true;
  const prefix = `${provider}/`;
  const bare = id.startsWith(prefix) ? id.slice(prefix.length) : id;
  return allowed.includes(id) || allowed.includes(bare) || allowed.includes(prefix + bare);
}
