import { z } from 'zod';
import { countTokensAnswer, countTokensRequest, messagesRequest } from '../anthropic/messages.ts';
import { chatCompletionRequest, openAiUsage } from '../openai/chat.ts';
import { completionsRequest } from '../openai/completions.ts';
import {
  addConversationItemsRequest,
  createConversationRequest,
  updateConversationRequest,
} from '../openai/conversations.ts';
import { embeddingsRequest } from '../openai/embeddings.ts';
import { imagesRequest } from '../openai/images.ts';
import { modelList, modelRow } from '../openai/models.ts';
import { responsesRequest } from '../openai/responses.ts';
import type { ApiRoute } from './route.ts';

/** An answer of which only what every client relies on is described; other fields are those of the vendor's API. */
const answer = (shape: z.ZodRawShape) => z.looseObject(shape);
const text = z.string();
const rows = z.array(z.looseObject({}));

const chatAnswer = answer({
  ...{ id: text, object: z.literal('chat.completion'), created: z.number().int(), model: text },
  ...{ choices: rows, usage: openAiUsage },
});
const completionsAnswer = answer({
  ...{ id: text, object: z.literal('text_completion'), created: z.number().int(), model: text },
  ...{ choices: rows, usage: openAiUsage },
});
const responsesAnswer = answer({ id: text, object: z.literal('response'), status: text, model: text, output: rows });
const messagesAnswer = answer({
  ...{ id: text, type: z.literal('message'), role: z.literal('assistant'), model: text, content: rows },
  ...{ stop_reason: text.nullable(), usage: z.looseObject({}) },
});
const embeddingsAnswer = answer({ object: z.literal('list'), model: text, data: rows, usage: z.looseObject({}) });
const imagesAnswer = answer({ created: z.number().int(), data: rows });

const openAi = { tag: 'AI', needs: 'models.call', status: 200, errors: 'openai' } as const;
const codes = [
  'model_not_found',
  'model_not_priced',
  'insufficient_quota',
  'upstream_error',
  'upstream_timeout',
] as const;
const post = { ...openAi, method: 'POST', codes } as const;
const responses = '/v1/responses/{id}';
const conversation = '/v1/conversations/{id}';
const conversationItems = `${conversation}/items`;
const conversationItem = `${conversationItems}/{item}`;
const pageQuery = z.object({
  limit: z.number().int().min(1).max(100).optional(),
  order: z.enum(['asc', 'desc']).optional(),
  after: z.string().max(128).optional(),
});
const pageAnswer = answer({ object: z.literal('list'), data: rows, has_more: z.boolean() });
const conversationAnswer = answer({ id: text, object: z.literal('conversation'), created_at: z.number().int() });

/** The AI surfaces: OpenAI's and Anthropic's APIs. */
export const aiApiRoutes: readonly ApiRoute[] = [
  {
    ...{ ...post, path: '/v1/chat/completions', summary: 'Create a chat completion' },
    ...{ body: chatCompletionRequest, answer: chatAnswer, mayStream: true },
  },
  {
    ...{ ...post, path: '/v1/completions', summary: 'Create a completion of a prompt' },
    ...{ body: completionsRequest, answer: completionsAnswer, mayStream: true },
  },
  {
    ...{ ...post, path: '/v1/responses', summary: 'Create a response' },
    ...{ body: responsesRequest, answer: responsesAnswer, mayStream: true },
  },
  { ...openAi, method: 'GET', path: responses, summary: 'Show a stored response', answer: responsesAnswer },
  { ...openAi, method: 'DELETE', path: responses, summary: 'Delete a stored response', answer: z.looseObject({}) },
  {
    ...{ ...openAi, method: 'GET', path: `${responses}/input_items`, summary: 'List what a response was made from' },
    ...{ query: pageQuery, answer: pageAnswer },
  },
  { ...openAi, method: 'POST', path: `${responses}/cancel`, summary: 'End a response', answer: responsesAnswer },
  {
    ...{ ...openAi, method: 'POST', path: '/v1/conversations', summary: 'Create a conversation' },
    ...{ body: createConversationRequest, answer: conversationAnswer },
  },
  { ...openAi, method: 'GET', path: conversation, summary: 'Show a conversation', answer: conversationAnswer },
  {
    ...{ ...openAi, method: 'POST', path: conversation, summary: 'Change a conversation' },
    ...{ body: updateConversationRequest, answer: conversationAnswer },
  },
  { ...openAi, method: 'DELETE', path: conversation, summary: 'Delete a conversation', answer: z.looseObject({}) },
  {
    ...{ ...openAi, method: 'GET', path: conversationItems, summary: 'List the items of a conversation' },
    ...{ query: pageQuery, answer: pageAnswer },
  },
  {
    ...{ ...openAi, method: 'POST', path: conversationItems, summary: 'Add items to a conversation' },
    ...{ body: addConversationItemsRequest, answer: pageAnswer },
  },
  { ...openAi, method: 'GET', path: conversationItem, summary: 'Show an item', answer: z.looseObject({}) },
  { ...openAi, method: 'DELETE', path: conversationItem, summary: 'Delete an item', answer: conversationAnswer },
  {
    ...{ ...post, path: '/v1/embeddings', summary: 'Create embeddings' },
    ...{ body: embeddingsRequest, answer: embeddingsAnswer },
  },
  {
    ...{ ...post, path: '/v1/images/generations', summary: 'Create pictures' },
    ...{ body: imagesRequest, answer: imagesAnswer },
  },
  { ...openAi, method: 'GET', path: '/v1/models', summary: 'List models', answer: modelList },
  { ...openAi, method: 'GET', path: '/v1/models/{model}', summary: 'Show a model', answer: modelRow },
  {
    ...{ ...openAi, method: 'GET', path: '/v1/capabilities', answer: z.looseObject({}) },
    summary: 'Show what becomes of each field at each provider',
  },
  {
    ...{ ...post, path: '/v1/proxy/{provider}/chat/completions', summary: 'Create a chat completion at one provider' },
    ...{ body: chatCompletionRequest, answer: chatAnswer, mayStream: true },
  },
  {
    ...{ ...post, path: '/v1/messages', summary: 'Create a message (Anthropic)', errors: 'anthropic' },
    ...{ body: messagesRequest, answer: messagesAnswer, mayStream: true },
  },
  {
    ...{ ...post, path: '/v1/messages/count_tokens', summary: 'Count the tokens of a message', errors: 'anthropic' },
    ...{ body: countTokensRequest, answer: countTokensAnswer },
  },
];
