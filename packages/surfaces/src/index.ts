export { chatCompletionsSurface } from './chat-completions/index.ts';
export type {
  AnswerHead,
  ChatSurface,
  ChatSurfaceName,
  ItemReferences,
  SurfaceRequest,
  SurfaceStream,
} from './chat-surface.ts';
export { completionsSurface } from './completions/index.ts';
export { maskBody } from './masking/mask-body.ts';
export { restoreBody } from './masking/restore-body.ts';
export { messagesSurface, toCountTokensChat } from './messages/index.ts';
export type {
  Additions,
  NativeAnswers,
  NativeTrace,
  Repeated,
} from './native-answers.ts';
export { type EventRestorer, type NativeEvent, writeEvent } from './native-event.ts';
export { responsesSurface } from './responses/index.ts';
export { toListedItem } from './responses/references.ts';
export { isUnguessableId } from './responses/response-id.ts';
