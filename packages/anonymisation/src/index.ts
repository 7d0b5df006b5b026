export { type CompiledPolicy, compilePolicy } from './compile-policy.ts';
export { type MaskableBody, type MaskedChat, maskChat, planChat } from './masking/mask-chat.ts';
export { type MaskedTexts, maskTexts, planTexts } from './masking/mask-texts.ts';
export { type MaskingJob, type MaskingOutcome, runMaskingJob } from './masking/masking-job.ts';
export type { TextMasker } from './masking/text-masker.ts';
export { type ChunkRestorer, createChunkRestorer } from './restoring/chunk-restorer.ts';
export { restoreAnswer } from './restoring/restore-answer.ts';
export type { Restorer } from './restoring/restorer.ts';
export type { RestoreMode, Vault } from './restoring/vault.ts';
