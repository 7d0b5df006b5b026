export type AnswerBlock =
  | { type: 'text'; text: string; citations: null }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'redacted_thinking'; data: string }
  | { type: 'tool_use'; id: string; name: string; input: unknown; caller: { type: 'direct' } }
  | { type: 'server_tool_use'; id: string; name: 'bash_code_execution'; input: unknown; caller: { type: 'direct' } }
  | { type: 'bash_code_execution_tool_result'; tool_use_id: string; content: CodeResult };

/** What a command in a container of the vendor gave. */
interface CodeResult {
  type: 'bash_code_execution_result';
  stdout: string;
  stderr: string;
  return_code: number;
  content: readonly never[];
}
