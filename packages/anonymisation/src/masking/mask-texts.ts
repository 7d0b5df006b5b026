import type { CompiledPolicy } from '../compile-policy.ts';
import type { Vault } from '../restoring/vault.ts';
import { maskOne } from './mask-one.ts';
import type { TextMasker } from './text-masker.ts';

export interface MaskedTexts {
  readonly texts: string[];
  readonly vault: Vault;
}

/** Texts without what is personal in them, in their order. */
export function maskTexts(texts: readonly string[], policy: CompiledPolicy): MaskedTexts {
  const { masked, vault } = maskOne(texts, policy, 'text', (masker) => maskAll(texts, masker));
  return { texts: masked, vault };
}

export function maskAll(texts: readonly string[], masker: TextMasker): string[] {
  return texts.map(masker.maskText);
}
