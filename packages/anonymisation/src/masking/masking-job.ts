import { type ChatCompletionRequest, type PrivacyPolicy, parseExactJson } from '@aggregator/contracts';
import { compilePolicy } from '../compile-policy.ts';
import { maskChatWith } from './mask-chat.ts';
import { maskAll } from './mask-texts.ts';
import { Masker } from './masker.ts';
import { collectReservedNames } from './reserved-names.ts';
import type { TextMasker } from './text-masker.ts';

/** A part of a request as JSON text, to be masked in another process. To send one long text takes less than to send its parts. */
export interface MaskingJob {
  readonly policy: PrivacyPolicy;
  /** `chat`: a chat completion request. `texts`: an object with a list `texts`. Else a request in the dialect of a surface. */
  readonly kind: 'chat' | 'texts' | { readonly surface: string };
  readonly json: string;
}

export interface MaskingOutcome {
  /** The masked JSON text; null if nothing was masked. */
  readonly json: string | null;
  /** True if something personal must not be changed: the text may not go out. */
  readonly isLocked: boolean;
  /** Values by the names of their placeholders. */
  readonly values: ReadonlyMap<string, string>;
}

/** Returns the JSON text of a body without what is personal in it; null if something personal must not be changed. */
export type MaskBody = (json: string, surface: string, masker: TextMasker) => string | null;

/** Masks the JSON text of a job. @throws {AppError} `request_too_large` for too many values. */
export function runMaskingJob({ policy, kind, json }: MaskingJob, maskBody: MaskBody): MaskingOutcome {
  const value = parseExactJson(json);
  const masker = new Masker(compilePolicy(policy), collectReservedNames(value));
  const masked =
    typeof kind === 'object' ? maskBody(json, kind.surface, masker) : maskValueOf(kind, value, json, masker);
  return { json: masked === json ? null : masked, isLocked: masked === null, values: masker.values };
}

function maskValueOf(kind: 'chat' | 'texts', value: unknown, json: string, masker: TextMasker): string {
  if (kind === 'texts') return JSON.stringify({ texts: maskAll((value as { texts: string[] }).texts, masker) });
  const chat = value as ChatCompletionRequest;
  const masked = maskChatWith(chat, masker);
  return masked === chat ? json : JSON.stringify(masked);
}
