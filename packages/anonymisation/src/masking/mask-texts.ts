import type { PrivacyPolicy } from '@aggregator/contracts';
import type { CompiledPolicy } from '../compile-policy.ts';
import { createVault, type Vault } from '../restoring/vault.ts';
import { Masker } from './masker.ts';
import { type MaskingJob, type MaskingOutcome, MaskingRecorder, MaskingReplay } from './masking-job.ts';
import { collectReservedNames, listReservingTexts } from './reserved-names.ts';
import type { TextMasker } from './text-masker.ts';

export interface MaskedTexts {
  readonly texts: string[];
  readonly vault: Vault;
}

/** Texts without what is personal in them, in their order. */
export function maskTexts(texts: readonly string[], policy: CompiledPolicy): MaskedTexts {
  const masker = new Masker(policy, collectReservedNames(texts));
  return { texts: maskAll(texts, masker), vault: createVault(masker.values, 'text') };
}

/** As `maskTexts`, with the job done elsewhere in between. */
export function planTexts(texts: readonly string[], policy: PrivacyPolicy) {
  const recorder = new MaskingRecorder();
  maskAll(texts, recorder);
  const job: MaskingJob = { policy, tasks: recorder.tasks, reserving: listReservingTexts(texts) };
  const finish = (outcome: MaskingOutcome): MaskedTexts => ({
    texts: maskAll(texts, new MaskingReplay(job.tasks, outcome)),
    vault: createVault(outcome.values, 'text'),
  });
  return { job, finish };
}

function maskAll(texts: readonly string[], masker: TextMasker): string[] {
  return texts.map(masker.maskText);
}
