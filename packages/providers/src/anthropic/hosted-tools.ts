import { isRecord } from '@aggregator/contracts';
import type { LaneEdits } from '../native/lane-fields.ts';
import type { HostedTools, ProviderTarget } from '../provider-adapter.ts';

/** Charged by the call; Anthropic bounds the calls by `max_uses`. */
const searchTool = /^web_search_/;
/** Charged by the container, unless a search or a fetch of this kind is in the request: these run code to filter what they find. */
const codeTool = /^code_execution_/;
const filteringTool = /^web_(?:search|fetch)_2026/;
/** Another model answers. */
const unpricedTool = /^advisor_/;
/** Searches of a request that sets no bound, and the most of one that does. */
const searchesDefault = 10;
const searchesMost = 50;
/** Anthropic ends a turn after so many calls of hosted tools (`pause_turn`). */
const runsMax = 10;

/**
 * Cuts tools of Anthropic that have no price here, and names them. Writes into the request how many searches it may make.
 * Returns what they can use; null if none of them is charged beside its tokens.
 * Sources: https://platform.claude.com/docs/en/about-claude/pricing,
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/code-execution-tool (read 2026-11).
 */
export function boundHostedTools(lane: LaneEdits, { pricedTools = [] }: ProviderTarget): HostedTools | null {
  const isCut = (type: string) => searchTool.test(type) && !pricedTools.includes('toolCalls');
  const isFree = lane.tools.map(typeOf).some((type) => filteringTool.test(type) && !isCut(type));
  lane.cutTools(
    (type) =>
      unpricedTool.test(type) || isCut(type) || (codeTool.test(type) && !isFree && !pricedTools.includes('containers')),
    ({ name }) => name,
  );
  const { tools, searchesMax } = boundSearches(lane.tools);
  if (tools !== null) lane.set('tools', tools);
  const hasCode = lane.tools.some((tool) => codeTool.test(typeOf(tool)));
  if (!hasCode && searchesMax === 0) return null;
  const runs = hasCode ? runsMax : 0;
  return {
    callsMax: searchesMax + runs,
    unitsMax: { ...(searchesMax > 0 && { toolCalls: searchesMax }), ...(hasCode && !isFree && { containers: 1 }) },
  };
}

function typeOf(tool: unknown): string {
  return isRecord(tool) && typeof tool.type === 'string' ? tool.type : '';
}

/** Most searches of a request, and its tools with that bound in them; null if they have it already. */
function boundSearches(given: readonly unknown[]): {
  readonly tools: readonly unknown[] | null;
  readonly searchesMax: number;
} {
  let searchesMax = 0;
  let isChanged = false;
  const bounded = given.map((tool) => {
    if (!isRecord(tool) || !searchTool.test(typeOf(tool))) return tool;
    const { max_uses: asked } = tool;
    const isBounded = typeof asked === 'number' && asked >= 0 && asked <= searchesMost;
    const uses = isBounded ? asked : typeof asked === 'number' ? searchesMost : searchesDefault;
    searchesMax += uses;
    isChanged ||= !isBounded;
    return isBounded ? tool : { ...tool, max_uses: uses };
  });
  return { tools: isChanged ? bounded : null, searchesMax };
}
