import type { TargetKey } from './port.ts';

const separator = '\n';

/** The name under which a target's failures are remembered. A model's name may hold anything, the other two no line end. */
export function toTargetKey(provider: string, model: string, credentialRef: string): TargetKey {
  return `${provider}${separator}${model}${separator}${credentialRef}`;
}

/** Whose target it is. */
export function toProviderName(key: TargetKey): string {
  return key.slice(0, key.indexOf(separator));
}

/** What shares a retry budget: the provider's model, whichever key asks. */
export function toModelName(key: TargetKey): string {
  return key.slice(0, key.lastIndexOf(separator));
}

/** What a key-wide rest covers: everything of the provider that is asked with this key. */
export function toCredentialName(key: TargetKey): string {
  return key.slice(0, key.indexOf(separator)) + key.slice(key.lastIndexOf(separator));
}
