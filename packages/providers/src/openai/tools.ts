import type { ChatCompletionRequest } from '@aggregator/contracts';
import { isRecord } from '../json-record.ts';

type Tools = NonNullable<ChatCompletionRequest['tools']>;

/**
 * Returns the tools with `properties` in the schema of each function, because OpenAI rejects an object schema without it; the very
 * same ones where nothing lacks. Source: https://github.com/github/copilot-cli/issues/2223 (read 2026-11).
 */
export function withProperties(tools: Tools): Tools {
  return tools.some(lacksProperties) ? tools.map((tool) => (lacksProperties(tool) ? complete(tool) : tool)) : tools;
}

function lacksProperties(tool: Tools[number]): boolean {
  const schema = isRecord(tool.function) ? tool.function.parameters : undefined;
  return isRecord(schema) && schema.type === 'object' && schema.properties === undefined;
}

function complete(tool: Tools[number]): Tools[number] {
  if (!isRecord(tool.function) || !isRecord(tool.function.parameters)) return tool;
  return { ...tool, function: { ...tool.function, parameters: { ...tool.function.parameters, properties: {} } } };
}
