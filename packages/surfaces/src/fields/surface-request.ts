import type { ChatCompletionRequest } from '@aggregator/contracts';
import type { SurfaceRequest } from '../chat-surface.ts';
import { type FieldJudge, notSupported } from './field-judge.ts';

/** A translated request. `strict` refuses what would have been dropped. */
export function toSurfaceRequest<Field extends string>(
  chat: ChatCompletionRequest,
  { dropped: { names }, refusal }: FieldJudge<Field>,
  original: unknown,
): SurfaceRequest {
  const [first] = names;
  const isTooStrict = chat.strict === true && first !== undefined;
  const strictRefusal = isTooStrict ? notSupported(first, 'it cannot be carried over') : null;
  return { chat, droppedParams: names, refusal: refusal ?? strictRefusal, original };
}
