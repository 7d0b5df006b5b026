import type { Vault } from '@aggregator/anonymisation';
import type { CacheMarks, ChatCompletionRequest } from '@aggregator/contracts';
import type { NativeRequest } from '@aggregator/providers';
import type { ChatSurface, SurfaceRequest } from '@aggregator/surfaces';
import type { OpenRequest } from '../attempts/open-request.ts';

/** A chat as the caller asked it and as it goes out. */
export interface ChatWords {
  readonly surface: ChatSurface;
  /** As the caller asked. */
  readonly asked: SurfaceRequest;
  /** Returns the chat as it goes out translated: masked, with what was remembered for it. */
  readonly readChat: () => ChatCompletionRequest;
  /** As it came, for providers that speak its dialect; null if it may only go out translated. */
  readonly native: NativeRequest | null;
  /** Marks of the prompt cache; null if the provider's option decides. */
  readonly cacheMarks: CacheMarks | null;
  /** Headers that a translated request leaves out. */
  readonly droppedHeaders: readonly string[];
}

/** A chat made ready: as it goes out to providers, and how its answer comes back to the caller. */
export interface ChatJob extends ChatWords {
  readonly open: OpenRequest;
  /** What has to be put back into the answer; null where nothing was masked. */
  readonly vault: Vault | null;
  /** Under what a whole answer is kept; null where it is not. */
  readonly cacheKey: string | null;
  /** True if the items of the answer may be referred to later. Never where they hold what had to be put back. */
  readonly keepsItems: boolean;
  /** All items of the request, to be stored with its answer; null if that is not stored. */
  readonly input: readonly unknown[] | null;
  /** The conversation that the answer is added to, with those items of the input that are new to it; null if there is none. */
  readonly conversation: { readonly id: string; readonly items: readonly unknown[] } | null;
}
