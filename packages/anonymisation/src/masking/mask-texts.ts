import type { CompiledPolicy } from '../compile-policy.ts';
import { createVault, type Vault } from '../restoring/vault.ts';
import { Masker } from './masker.ts';
import { collectReservedNames } from './reserved-names.ts';

/** Texts without what is personal in them, in their order. */
export function maskTexts(texts: readonly string[], policy: CompiledPolicy): { texts: string[]; vault: Vault } {
  const masker = new Masker(policy, collectReservedNames(texts));
  const masked = texts.map(masker.maskText);
  return { texts: masked, vault: createVault(masker.values, 'text') };
}
