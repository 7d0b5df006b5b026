import { createHash } from 'node:crypto';
import type { AnswerBlock } from './answer-block.ts';
import type { FakePrompt } from './wire.ts';

type Tool = NonNullable<FakePrompt['tools']>[number];
export type ClientTool = Extract<Tool, { input_schema: unknown }>;

/** The tools that the client runs, without those of the vendor's own servers. */
export function clientToolsOf(tools: readonly Tool[] | undefined): readonly ClientTool[] {
  return (tools ?? []).filter((tool) => 'input_schema' in tool);
}

/**
 * One run of code in a container of the vendor with its result, if the request has the tool and its last text says
 * `#hosted`.
 * Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use/code-execution-tool (read 2026-11, as typed by
 * `@anthropic-ai/sdk` 1.11).
 */
export function composeHosted({ tools, messages }: FakePrompt, text: string): readonly AnswerBlock[] {
  const hasCode = tools?.some((tool) => tool.type === 'code_execution_20250825') === true;
  if (!hasCode || !/#hosted\b/.test(text)) return [];
  const id = `srvtoolu_fake_${createHash('sha256').update(JSON.stringify(messages)).digest('hex').slice(0, 16)}`;
  return [
    { type: 'server_tool_use', id, name: 'bash_code_execution', input: { command: 'ls' }, caller: { type: 'direct' } },
    {
      type: 'bash_code_execution_tool_result',
      tool_use_id: id,
      content: { type: 'bash_code_execution_result', stdout: 'a.txt\n', stderr: '', return_code: 0, content: [] },
    },
  ];
}

/** The container in which the code of an answer ran; null if none did. */
export function containerOf(content: readonly AnswerBlock[]): object | null {
  const hasRun = content.some((block) => block.type === 'server_tool_use');
  return hasRun ? { id: 'container_fake_1', expires_at: '2026-12-31T00:00:00Z', skills: null } : null;
}
