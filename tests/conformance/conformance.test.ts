import { beforeAll } from '@jest/globals';
import { anthropicErrorRows } from './cases/anthropic-errors.ts';
import { anthropicMessagesRows } from './cases/anthropic-messages.ts';
import { anthropicToolsRows } from './cases/anthropic-tools.ts';
import { forgetfulClientRows } from './cases/forgetful-client.ts';
import { langChainRows } from './cases/langchain.ts';
import { anthropicLaneRows, openAiLaneRows } from './cases/native-lanes.ts';
import { openAiAgentsRows } from './cases/openai-agents.ts';
import { openAiChatRows } from './cases/openai-chat.ts';
import { openAiChatToolsRows } from './cases/openai-chat-tools.ts';
import { openAiErrorRows } from './cases/openai-errors.ts';
import { openAiOtherRows } from './cases/openai-others.ts';
import { openAiResponsesRows } from './cases/openai-responses.ts';
import { vercelRows } from './cases/vercel.ts';
import { vercelEmbeddingsRows } from './cases/vercel-embeddings.ts';
import { describeMatrix } from './describe-matrix.ts';

// The AI SDK warns on the console about models that it does not know.
beforeAll(() => {
  globalThis.AI_SDK_LOG_WARNINGS = false;
});

describeMatrix([
  openAiChatRows,
  openAiChatToolsRows,
  forgetfulClientRows,
  ...openAiOtherRows,
  openAiResponsesRows,
  openAiLaneRows,
  anthropicLaneRows,
  anthropicMessagesRows,
  anthropicToolsRows,
  ...vercelRows,
  ...vercelEmbeddingsRows,
  ...langChainRows,
  ...openAiAgentsRows,
  openAiErrorRows,
  anthropicErrorRows,
]);
