import type { TargetKey } from './port.ts';

const separator = '\n';

/**
 * The name under which a target's failures are remembered. A model's name may hold anything, the other two no line end.
 */
export function toTargetKey(provider: string, model: string, credentialRef: string): TargetKey {
  return `${provider}${separator}${model}${separator}${credentialRef}`;
}

/** Whose target it is. */
export function toProviderName(key: TargetKey): string {
  return key.slice(0, key.indexOf(separator));
}

/** Returns the name under which targets share a retry budget: the provider's model, with any key. */
export function toModelName(key: TargetKey): string {
  return key.slice(0, key.lastIndexOf(separator));
}

/** Returns the name under which targets share a key-wide rest: every model of the provider with this key. */
export function toCredentialName(key: TargetKey): string {
  return key.slice(0, key.indexOf(separator)) + key.slice(key.lastIndexOf(separator));
}
