import { checkBody, responsesItem } from '@aggregator/contracts';

type Fields = Readonly<Record<string, unknown>>;

export type OwnToolType = 'apply_patch' | 'local_shell' | 'shell';

/** A tool that the client runs and that OpenAI describes: elsewhere it is a function whose arguments are those of the call. */
interface OwnTool {
  readonly description: string;
  readonly parameters: Fields;
  /** The fields of a call's item; empty arguments for one that has just begun. */
  toCall(asked: Fields): Fields;
}

const text = { type: 'string' };
const texts = { type: 'array', items: text };
const count = { type: 'integer', minimum: 0 };
const objectOf = (required: readonly string[], properties: Fields): Fields => ({
  ...{ type: 'object', properties, required },
  additionalProperties: false,
});

/** Source: https://platform.openai.com/docs/api-reference/responses/create (read 2026-11, as typed by the `openai` package 7.55). */
export const ownTools: Readonly<Record<OwnToolType, OwnTool>> = {
  apply_patch: {
    description:
      'Creates, updates or deletes one file. The diff of a new file has each line after a plus sign. The diff of an update has sections that begin with @@ and a line to find the place; lines begin with a space, a minus or a plus sign.',
    parameters: objectOf(['type', 'path'], {
      type: { type: 'string', enum: ['create_file', 'update_file', 'delete_file'] },
      ...{ path: text, diff: text },
    }),
    toCall({ type = 'update_file', path = '', diff = '' }) {
      return { operation: { type, path, ...(type !== 'delete_file' && { diff }) } };
    },
  },
  local_shell: {
    description: 'Runs one command, given as a list of its words, on the machine of the user.',
    parameters: objectOf(['command'], {
      ...{ command: texts, working_directory: text, timeout_ms: count },
      env: { type: 'object', additionalProperties: text },
    }),
    toCall: ({ command, env = {}, ...rest }) => ({ action: { type: 'exec', command: toTexts(command), env, ...rest } }),
  },
  shell: {
    description: 'Runs commands in a shell on the machine of the user, each on its own.',
    parameters: objectOf(['commands'], { commands: texts, timeout_ms: count, max_output_length: count }),
    toCall: ({ commands, timeout_ms = null, max_output_length = null }) => ({
      action: { commands: toTexts(commands), timeout_ms, max_output_length },
      environment: { type: 'local' },
    }),
  },
};

/** True if OpenAI describes this tool and the client runs it. A shell may also run in a container of OpenAI. */
export function isOwnTool({ type, environment }: Fields): boolean {
  if (typeof type !== 'string' || !Object.hasOwn(ownTools, type)) return false;
  return !(
    typeof environment === 'object' &&
    environment !== null &&
    'type' in environment &&
    environment.type !== 'local'
  );
}

/** A call, or the result of one, in an item of the history. */
export type OwnItem =
  | { readonly tool: OwnToolType; readonly callId: string; readonly asked: unknown }
  | { readonly callId: string; readonly result: string };

/** Returns what an item says; null if it is of no such tool. @throws {AppError} `invalid_value` */
export function readOwnItem(item: Fields, at: string): OwnItem | null {
  switch (item.type) {
    case 'apply_patch_call': {
      const { call_id: callId, operation } = checkBody(responsesItem.apply_patch_call, item, at);
      return { tool: 'apply_patch', callId, asked: operation };
    }
    case 'local_shell_call': {
      const { call_id: callId, action } = checkBody(responsesItem.local_shell_call, item, at);
      const { type: _type, ...asked } = action;
      return { tool: 'local_shell', callId, asked };
    }
    case 'shell_call': {
      const { call_id: callId, action } = checkBody(responsesItem.shell_call, item, at);
      return { tool: 'shell', callId, asked: action };
    }
    case 'apply_patch_call_output': {
      const { call_id: callId, status, output } = checkBody(responsesItem.apply_patch_call_output, item, at);
      return { callId, result: JSON.stringify({ status, ...(typeof output === 'string' && { output }) }) };
    }
    case 'local_shell_call_output': {
      const { call_id, id, output } = checkBody(responsesItem.local_shell_call_output, item, at);
      return { callId: call_id ?? id ?? '', result: output };
    }
    case 'shell_call_output': {
      const { call_id: callId, output } = checkBody(responsesItem.shell_call_output, item, at);
      return { callId, result: JSON.stringify(output) };
    }
    default:
      return null;
  }
}

/** Models write one command as a text, too. */
function toTexts(value: unknown): unknown {
  return typeof value === 'string' ? [value] : (value ?? []);
}
