import { type ChatCompletionRequest, type ChatMessage, isRecord } from '@aggregator/contracts';
import type { NameRule, NameRules } from './name-rules.ts';

type Json = Readonly<Record<string, unknown>>;
type Rename = (name: string) => string;

/** A request whose names a vendor takes. */
export interface NamedRequest {
  readonly chat: ChatCompletionRequest;
  /** The client's names of tools by the vendor's; empty if no name was changed. */
  readonly toolNames: ReadonlyMap<string, string>;
}

/** Returns the request with names of tools and ids of calls that the vendor takes; the very same one if it takes all of them. */
export function renameForVendor(chat: ChatCompletionRequest, { toolName, callId }: NameRules): NamedRequest {
  const names = toRenames(listToolNames(chat), toolName);
  const ids = toRenames(listCallIds(chat), callId);
  if (names.size === 0 && ids.size === 0) return { chat, toolNames: new Map() };
  const toName: Rename = (name) => names.get(name) ?? name;
  const toId: Rename = (id) => ids.get(id) ?? id;
  return {
    chat: {
      ...chat,
      messages: chat.messages.map((message) => renameInMessage(message, toName, toId)),
      ...(chat.tools && { tools: chat.tools.map((tool) => ({ ...tool, ...renameTool(tool, toName) })) }),
      ...renameFields(chat, toName),
    },
    toolNames: new Map([...names].map(([own, vendors]) => [vendors, own])),
  };
}

/** Returns the changed names, each different from all others of the request. */
function toRenames(names: ReadonlySet<string>, rule: NameRule | undefined): Map<string, string> {
  const renames = new Map<string, string>();
  if (rule === undefined) return renames;
  const taken = new Set([...names].filter((name) => rule.allowed.test(name)));
  for (const name of names) {
    if (taken.has(name)) continue;
    let renamed = rule.rename(name, '');
    for (let salt = 1; taken.has(renamed); salt += 1) renamed = rule.rename(name, String(salt));
    taken.add(renamed);
    renames.set(name, renamed);
  }
  return renames;
}

function listToolNames(chat: ChatCompletionRequest): Set<string> {
  const names = new Set<string>();
  const collect: Rename = (name) => {
    names.add(name);
    return name;
  };
  for (const tool of chat.tools ?? []) renameTool(tool, collect);
  renameFields(chat, collect);
  for (const { role, name, tool_calls: calls } of chat.messages) {
    if (name && (role === 'tool' || role === 'function')) names.add(name);
    for (const call of calls ?? []) renameTool(call, collect);
  }
  return names;
}

function listCallIds({ messages }: ChatCompletionRequest): Set<string> {
  return new Set(
    messages.flatMap(({ tool_call_id: id, tool_calls: calls }) => [
      ...(id ? [id] : []),
      ...(calls ?? []).flatMap((call) => call.id || []),
    ]),
  );
}

function renameInMessage(message: ChatMessage, toName: Rename, toId: Rename): ChatMessage {
  const { role, name, tool_calls: calls, tool_call_id: id, reasoning_details: details } = message;
  return {
    ...message,
    ...(name && (role === 'tool' || role === 'function') && { name: toName(name) }),
    ...(id && { tool_call_id: toId(id) }),
    ...(calls && {
      tool_calls: calls.map((call) => ({
        ...call,
        ...renameTool(call, toName),
        ...(call.id && { id: toId(call.id) }),
      })),
    }),
    ...(details && { reasoning_details: details.map((one) => (one.id ? { ...one, id: toId(one.id) } : one)) }),
  };
}

/** The name in a tool, in a call, or in a choice of one: `{function: {name}}` or `{custom: {name}}`. */
export function renameTool(tool: Json, rename: Rename): Json {
  const renamed: Record<string, unknown> = {};
  for (const kind of ['function', 'custom']) {
    const named = tool[kind];
    if (isRecord(named) && typeof named.name === 'string') renamed[kind] = { ...named, name: rename(named.name) };
  }
  return renamed;
}

/** Fields beside `tools` that name a tool. */
function renameFields({ tool_choice: choice, functions, function_call: called }: Json, rename: Rename): Json {
  return {
    ...(isRecord(choice) && { tool_choice: renameChoice(choice, rename) }),
    ...(Array.isArray(functions) && { functions: functions.map((one) => renameNamed(one, rename)) }),
    ...(isRecord(called) && { function_call: renameNamed(called, rename) }),
  };
}

function renameChoice(choice: Json, rename: Rename): Json {
  const { allowed_tools: allowed } = choice;
  const list = isRecord(allowed) && Array.isArray(allowed.tools) ? allowed.tools : null;
  return {
    ...choice,
    ...renameTool(choice, rename),
    ...(list !== null &&
      isRecord(allowed) && {
        allowed_tools: {
          ...allowed,
          tools: list.map((tool) => (isRecord(tool) ? { ...tool, ...renameTool(tool, rename) } : tool)),
        },
      }),
  };
}

function renameNamed(value: unknown, rename: Rename): unknown {
  return isRecord(value) && typeof value.name === 'string' ? { ...value, name: rename(value.name) } : value;
}
