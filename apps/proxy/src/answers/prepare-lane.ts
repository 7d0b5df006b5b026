import { AppError, type ChatCompletionRequest, type SnapshotModel } from '@aggregator/contracts';
import {
  type ChatTranslation,
  nameForVendor,
  type ProviderAdapter,
  type ProviderTarget,
  type TranslatedRequest,
} from '@aggregator/providers';
import type { ChatSurface, NativeAnswers, SurfaceRequest } from '@aggregator/surfaces';
import type { ChatWords } from './chat-job.ts';
import { nameDropped } from './name-dropped.ts';
import { findNativeLane } from './native-request.ts';
import { limitUnasked, toLimitedRequest } from './output-limit.ts';

/** One request on its way to one provider: as it came, or translated. */
export interface Lane {
  readonly requests: readonly [TranslatedRequest];
  /** Everything that is reported in `x-aggregator-dropped-params`. */
  readonly droppedParams: readonly string[];
  /** Reads the provider's answers as chat completions. */
  readonly reader: Pick<ChatTranslation, 'fromResponse' | 'createStream'>;
  /** For answers that go to the client as they are; null if they are translated. */
  readonly answers: NativeAnswers | null;
}

/** Returns the request, or why it may not go out as it came: the translation leaves that out and names it, if it can. */
function tryNative(toRequest: () => TranslatedRequest): TranslatedRequest | AppError {
  try {
    return toRequest();
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'unsupported_parameter') return thrown;
    throw thrown;
  }
}

/**
 * Prepares a chat for a provider: in the native lane if the provider speaks the dialect of the surface, else translated.
 * @param isContinued True if it continues an answer that another provider began: such a chat is always translated.
 * @throws {AppError} as the translation does; `unsupported_parameter` also for what only the native lane could carry.
 */
export function prepareLane(
  words: ChatWords,
  { adapter, address, model }: { adapter: ProviderAdapter; address: ProviderTarget; model: SnapshotModel },
  isContinued = false,
): Lane {
  const { asked, surface, native, droppedHeaders } = words;
  const lane = isContinued ? null : findNativeLane(surface, native, adapter, address);
  const asItCame =
    lane === null || native === null
      ? null
      : tryNative(() => lane.toRequest(native, address, limitUnasked(asked.chat, model)));
  if (lane !== null && asItCame !== null && !(asItCame instanceof AppError)) {
    const missed = asked.droppedParams.filter((name) => name === 'store');
    const droppedParams = nameDropped(asked.chat, missed, asItCame.droppedParams);
    return { requests: [asItCame], droppedParams, reader: lane.reader, answers: answersOf(surface, asked.chat) };
  }
  if (asked.refusal !== null) throw asItCame ?? asked.refusal;
  const chat = words.readChat();
  const { chat: named, reader } = nameForVendor(adapter, chat);
  const target = words.cacheMarks === null ? address : { ...address, cacheMarks: words.cacheMarks };
  const request = toLimitedRequest({ chat: reader }, named, target, model);
  const bySurface = [...asked.droppedParams, ...droppedHeaders];
  const droppedParams = nameDropped(chat, bySurface, withoutRecalled(request.droppedParams, asked, chat), surface);
  return { requests: [request], droppedParams, reader, answers: null };
}

function answersOf({ native }: Pick<ChatSurface, 'native'>, chat: ChatCompletionRequest): NativeAnswers | null {
  if (native === undefined) return null;
  return chat.stream_options?.include_usage === true ? native : (native.unasked ?? native);
}

/** Thoughts that were added here and that the provider does not take are no loss for the client: it did not send them. */
function withoutRecalled(
  names: readonly string[],
  asked: SurfaceRequest,
  chat: ChatCompletionRequest,
): readonly string[] {
  if (chat === asked.chat || !names.includes('reasoning_details')) return names;
  const isSent = asked.chat.messages.some(({ reasoning_details: details }) => (details ?? []).length > 0);
  return isSent ? names : names.filter((name) => name !== 'reasoning_details');
}
