import type { ChatCompletionRequest } from '@aggregator/contracts';
import { withCustomTools } from '../custom-tools/with-custom-tools.ts';
import type { ChatTranslation, ProviderAdapter } from '../provider-adapter.ts';
import { renameForVendor } from './rename.ts';
import { withOwnNames } from './with-own-names.ts';

export interface ForVendor {
  /** With names that the vendor takes. */
  readonly chat: ChatCompletionRequest;
  /** Translates it, and reads its answers back into the client's names and kinds of tools. */
  readonly reader: ChatTranslation;
}

/**
 * Returns a request as a vendor can take it: names of tools and ids of calls by its rules, custom tools as functions where it has
 * none. Both are undone in its answers.
 */
export function nameForVendor(adapter: ProviderAdapter, asked: ChatCompletionRequest): ForVendor {
  const { chat, toolNames } = renameForVendor(asked, adapter.names ?? {});
  return { chat, reader: withOwnNames(withCustomTools(adapter.chat, chat), toolNames) };
}
