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
export { messagesSurface, toCountTokensChat } from './messages/index.ts';
export {
  type Additions,
  type NativeAnswers,
  type NativeEvent,
  type NativeTrace,
  type Repeated,
  writeEvent,
} from './native-answers.ts';
export { responsesSurface } from './responses/index.ts';
export { toListedItem } from './responses/references.ts';
