import type { MessagesField } from '@aggregator/contracts';
import type { Fates, Reasons } from '../fields/field-judge.ts';

/**
 * Source: https://platform.claude.com/docs/en/api/messages (read 2026-11, as typed by `@anthropic-ai/sdk` 1.11). Both
 * `anthropic-version`s: what 2026-10-21 took away is taken, since a client that sends it means it.
 *
 * What Anthropic's own servers do (web search, code execution, remote MCP, …) is dropped and named: their tools, and their
 * blocks in the history, whose outcome the assistant's text holds. A compaction replaces all that was before it, so a
 * conversation without it would be another one: it is refused.
 */
export const messagesFates: Fates<MessagesField> = {
  billing_policy: 'dropped',
  cache_control: 'mapped',
  compaction: 'dropped',
  container: 'dropped',
  'content.advisor_tool_result': 'dropped',
  'content.bash_code_execution_tool_result': 'dropped',
  'content.browser_state': 'refused',
  'content.cache_control': 'mapped',
  'content.citations': 'dropped',
  'content.code_execution_tool_result': 'dropped',
  'content.compaction': 'refused',
  'content.container_upload': 'refused',
  'content.document': 'mapped',
  'content.fallback': 'dropped',
  'content.image': 'mapped',
  'content.mcp_tool_listing': 'dropped',
  'content.mcp_tool_result': 'dropped',
  'content.mcp_tool_use': 'dropped',
  'content.redacted_thinking': 'mapped',
  'content.search_result': 'mapped',
  'content.server_tool_use': 'dropped',
  'content.text': 'mapped',
  'content.text_editor_code_execution_tool_result': 'dropped',
  'content.thinking': 'mapped',
  'content.tool_addition': 'refused',
  'content.tool_reference': 'refused',
  'content.tool_removal': 'refused',
  'content.tool_result': 'mapped',
  'content.tool_search_tool_result': 'dropped',
  'content.tool_use': 'mapped',
  'content.web_fetch_tool_result': 'dropped',
  'content.web_search_tool_result': 'dropped',
  context_management: 'dropped',
  diagnostics: 'dropped',
  fallback_credit_token: 'dropped',
  fallbacks: 'dropped',
  inference_geo: 'refused',
  max_tokens: 'mapped',
  mcp_servers: 'dropped',
  messages: 'mapped',
  metadata: 'mapped',
  model: 'mapped',
  output_config: 'mapped',
  'output_config.effort': 'mapped',
  'output_config.task_budget': 'dropped',
  output_format: 'mapped',
  service_tier: 'mapped',
  'source.base64': 'mapped',
  'source.content': 'mapped',
  'source.file': 'refused',
  'source.text': 'mapped',
  'source.url': 'mapped',
  speed: 'dropped',
  stop_sequences: 'mapped',
  stream: 'mapped',
  system: 'mapped',
  temperature: 'mapped',
  thinking: 'mapped',
  'thinking.display': 'dropped',
  thread: 'refused',
  tool_choice: 'mapped',
  tools: 'mapped',
  top_k: 'mapped',
  top_p: 'mapped',
};

const servers = "it is the work of Anthropic's own servers, which no other provider does";

export const messagesReasons: Reasons<MessagesField> = {
  'content.compaction': servers,
  'content.container_upload': servers,
  inference_geo: 'which provider answers, and where, is chosen with provider.only',
  'source.file': 'no files are stored here; send its content as base64',
  thread: 'nothing is stored between requests; send the whole conversation in messages',
};
