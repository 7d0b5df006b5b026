import { type ChatCompletionRequest, isRecord } from '@aggregator/contracts';

type Tools = NonNullable<ChatCompletionRequest['tools']>;

/**
 * Returns a schema of parameters with `properties`, because OpenAI rejects an object schema without it; the very same one if it has
 * them. Source: https://github.com/github/copilot-cli/issues/2223 (read 2026-11).
 */
export function withProperties(schema: unknown): unknown {
  const lacks = isRecord(schema) && schema.type === 'object' && schema.properties === undefined;
  return lacks ? { ...schema, properties: {} } : schema;
}

/** Returns tools whose functions have complete schemas; the very same ones if nothing lacks. */
export function withCompleteSchemas(tools: Tools): Tools {
  const completed = tools.map((tool) => {
    if (!isRecord(tool.function)) return tool;
    const parameters = withProperties(tool.function.parameters);
    return parameters === tool.function.parameters ? tool : { ...tool, function: { ...tool.function, parameters } };
  });
  return completed.some((tool, at) => tool !== tools[at]) ? completed : tools;
}
