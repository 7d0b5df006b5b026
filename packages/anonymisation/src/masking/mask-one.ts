import type { CompiledPolicy } from '../compile-policy.ts';
import { createVault, type RestoreMode, type Vault } from '../restoring/vault.ts';
import { Masker } from './masker.ts';
import { collectReservedNames } from './reserved-names.ts';
import type { TextMasker } from './text-masker.ts';

/**
 * Masks one request.
 * @param request All that the request says, parsed: names of placeholders in it are given to no value.
 * @param mask Returns the request, in any form, without what is personal in it.
 */
export function maskOne<Masked>(
  request: unknown,
  policy: CompiledPolicy,
  mode: RestoreMode,
  mask: (masker: TextMasker) => Masked,
): { readonly masked: Masked; readonly vault: Vault } {
  const masker = new Masker(policy, policy.detectors.length === 0 ? new Set() : collectReservedNames(request));
  const masked = mask(masker);
  return { masked, vault: createVault(masker.values, mode) };
}
