import {
  AppError,
  type ChatCompletionRequest,
  checkBody,
  isRecord,
  type ResponsesField,
  type ResponsesRequest,
  responsesTool,
} from '@aggregator/contracts';
import type { FieldJudge } from '../fields/field-judge.ts';
import { isOwnTool, ownTools } from './own-tools.ts';
import type { ToolNames } from './tool-names.ts';

type Judge = FieldJudge<ResponsesField>;
type Tools = NonNullable<ChatCompletionRequest['tools']>;
type Tool = NonNullable<ResponsesRequest['tools']>[number];

interface Declared {
  readonly tool: Tool;
  readonly at: string;
  readonly namespace: string | null;
  /** What a namespace says of itself, at its first tool. */
  readonly about: string | null;
}

/** How a tool is called or shown, not what it is. */
const hints = ['allowed_callers', 'async', 'defer_loading', 'output_schema'] as const;

/**
 * The flat form of each tool as the nested one. Those of a namespace, and those that an item of the input adds or that a search has
 * found, are beside the others. A tool that is declared again takes the place of the first.
 */
export function toChatTools({ tools, input }: ResponsesRequest, names: ToolNames, judge: Judge): Tools {
  const declared = listTools(tools ?? [], 'tools', judge);
  for (const [index, item] of (typeof input === 'string' ? [] : input).entries()) {
    if (item.type !== 'additional_tools' && item.type !== 'tool_search_output') continue;
    const at = `input[${index}].tools`;
    const added = judge.attempt(() => checkBody(responsesTool.several, item.tools, at));
    declared.push(...listTools(added ?? [], at, judge));
  }
  for (const { tool, namespace } of declared) {
    if (namespace === null && typeof tool.name === 'string') names.add(tool.name, null);
  }
  const chatTools = new Map<string, Tools[number]>();
  const search = (tools ?? []).find(isClientSearch);
  for (const one of declared.filter(({ tool }) => !isOwnTool(tool))) {
    const made = judge.attempt(() => toChatTool(one, names, judge));
    if (made !== null) chatTools.set(made.name, made.tool);
  }
  if (search !== undefined) {
    const name = names.addOwn('tool_search');
    const { description, parameters } = search;
    const own = { ...(typeof description === 'string' && { description }), parameters };
    chatTools.set(name, { type: 'function', function: { name, ...own } });
  }
  for (const { tool } of declared) {
    const own = ownToolTypes.find((type) => isOwnTool(tool) && type === tool.type);
    if (own === undefined) continue;
    for (const hint of hints) if (asksSomething(tool[hint])) judge.dropped.note(`tools.${hint}`);
    const name = names.addOwn(own);
    const { description, parameters } = ownTools[own];
    chatTools.set(name, { type: 'function', function: { name, description, parameters: { ...parameters } } });
  }
  return [...chatTools.values()];
}

const ownToolTypes = ['apply_patch', 'local_shell', 'shell'] as const;

/** A search for tools that the client makes, and describes as a function. */
function isClientSearch({ type, execution, parameters }: Tool): boolean {
  return type === 'tool_search' && execution === 'client' && isRecord(parameters);
}

/** Tools that go over, those of a namespace one by one. */
function listTools(tools: readonly Tool[], at: string, judge: Judge): Declared[] {
  return tools.flatMap((tool, index) => judge.attempt(() => listTool(tool, `${at}[${index}]`, judge)) ?? []);
}

function listTool(tool: Tool, at: string, judge: Judge): Declared[] {
  if (isClientSearch(tool) || !judge.takesTool(tool.type)) return [];
  if (tool.type === 'shell' && !isOwnTool(tool)) {
    judge.dropped.note('tools.shell');
    return [];
  }
  if (tool.type !== 'namespace') return [{ tool, at, namespace: null, about: null }];
  const { name: namespace, description, tools } = checkBody(responsesTool.namespace, tool, at);
  const about = description ? `${namespace}: ${description}` : null;
  return tools
    .map((inner, index) => ({ tool: inner, at: `${at}.tools[${index}]`, namespace }))
    .filter(({ tool: inner }) => judge.takesTool(inner.type) && inner.type !== 'namespace')
    .map((inner, index) => ({ ...inner, about: index === 0 ? about : null }));
}

function toChatTool(
  { tool, at, namespace, about }: Declared,
  names: ToolNames,
  judge: Judge,
): { name: string; tool: Tools[number] } {
  for (const hint of hints) if (asksSomething(tool[hint])) judge.dropped.note(`tools.${hint}`);
  const described = (description: string | null | undefined) => {
    const text = [about, description].filter(Boolean).join('\n\n');
    return text === '' ? {} : { description: text };
  };
  if (tool.type === 'custom') {
    const { name: own, description, format } = checkBody(responsesTool.custom, tool, at);
    const name = names.add(own, namespace);
    const { type, ...grammar } = format ?? { type: 'text' };
    const given = format && { format: type === 'grammar' ? { type, grammar } : { type } };
    return { name, tool: { type: 'custom', custom: { name, ...described(description), ...given } } };
  }
  const { name: own, description, parameters, strict } = checkBody(responsesTool.function, tool, at);
  const name = names.add(own, namespace);
  return {
    name,
    tool: {
      type: 'function',
      function: {
        name,
        ...described(description),
        ...(parameters && { parameters }),
        ...(typeof strict === 'boolean' && { strict }),
      },
    },
  };
}

/** A choice among the tools that go over. One of a tool that does not is dropped and named with it. */
export function toToolChoice(choice: ResponsesRequest['tool_choice'], names: ToolNames, judge: Judge): unknown {
  if (!choice || typeof choice === 'string') return choice;
  const toNamed = (tool: unknown, at: string) => judge.attempt(() => toNamedTool(tool, at, names));
  if (choice.type !== 'allowed_tools') return toNamed(choice, 'tool_choice') ?? noteChoice(judge);
  const { tools } = choice;
  if (!Array.isArray(tools)) {
    return judge.attempt(() => {
      throw new AppError('invalid_value', { param: 'tool_choice.tools' });
    });
  }
  const allowed = tools.flatMap((tool, index) => toNamed(tool, `tool_choice.tools[${index}]`) ?? []);
  if (allowed.length < tools.length) noteChoice(judge);
  if (allowed.length === 0) return tools.length > 0 ? 'none' : undefined;
  return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools: allowed } };
}

function noteChoice(judge: Judge): undefined {
  judge.dropped.note('tool_choice');
}

function toNamedTool(tool: unknown, at: string, names: ToolNames): unknown {
  if (!isRecord(tool) || typeof tool.type !== 'string') throw new AppError('invalid_value', { param: at });
  const own = ownToolTypes.find((type) => type === tool.type);
  if (own !== undefined) return { type: 'function', function: { name: names.ownName(own) } };
  if (tool.type !== 'function' && tool.type !== 'custom') return null;
  if (typeof tool.name !== 'string') throw new AppError('invalid_value', { param: `${at}.name` });
  const name = names.nameOf(tool.name, typeof tool.namespace === 'string' ? tool.namespace : null);
  return tool.type === 'function' ? { type: 'function', function: { name } } : { type: 'custom', custom: { name } };
}

function asksSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  return !(Array.isArray(value) && value.every((caller) => caller === 'direct'));
}
