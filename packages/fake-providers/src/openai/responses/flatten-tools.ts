import type { FakeResponses, FakeTool } from './wire.ts';

/** A tool of the client with the name that a script knows it by: `<group>__<name>` in a group. */
export interface FlatTool {
  readonly flatName: string;
  readonly name: string;
  readonly namespace: string | null;
  readonly isCustom: boolean;
}

/** The client's tools of a request and of its `additional_tools`, without the hosted ones. */
export function flattenTools({ tools, input }: FakeResponses): FlatTool[] {
  const items = typeof input === 'string' ? [] : input;
  const added = items.flatMap((item) => (item.type === 'additional_tools' ? item.tools : []));
  return [...(tools ?? []), ...added].flatMap((tool) => flatten(tool, null));
}

function flatten(tool: FakeTool, namespace: string | null): FlatTool[] {
  if (tool.type === 'namespace') return tool.tools.flatMap((inner) => flatten(inner, tool.name));
  if (tool.type !== 'function' && tool.type !== 'custom') return [];
  const { name, type } = tool;
  return [{ flatName: toFlatName(name, namespace), name, namespace, isCustom: type === 'custom' }];
}

export function toFlatName(name: string, namespace: string | null | undefined): string {
  return namespace ? `${namespace}__${name}` : name;
}
