import { isRecord, type ToolComponent, toolComponents } from '@aggregator/contracts';
import type { LaneEdits } from '../../native/lane-fields.ts';
import type { HostedTools, NativeRequest, ProviderTarget } from '../../provider-adapter.ts';
import { responsesEffortsOf } from '../model-efforts.ts';
import { dearestPictureTokens } from './picture-tokens.ts';

type Fields = Readonly<Record<string, unknown>>;
type Units = Partial<Record<ToolComponent, number>>;

/** What one tool of a request can use. */
interface ToolCost {
  readonly perCall: Units;
  readonly perRequest: Units;
}

/** The option of a provider that names the vector stores which every client may search, separated by commas. */
export const vectorStoresOption = 'vectorStores';

/** The model that draws the pictures of a chat: the price has its rates and those of no other. */
const pictureModel = 'gpt-image-2';

/** Calls of a request that sets no bound, with pictures and without, and the most of one that does. */
const picturesDefault = 4;
const callsDefault = 10;
const callsMost = 50;
/** Input of one picture: its text, and the pictures of the conversation. What is above it is not charged. Tokens. */
const pictureTextMax = 8192;
const pictureInputMax = 16_384;

const searchTool = /^web_search(?:_\d{4}_\d{2}_\d{2})?$/;
/** The older search costs the same with models that reason; with others it has another price. */
const previewTool = /^web_search_preview/;
const anySearch = /^web_search/;
/** Gigabytes of a container by the name of its memory. */
const gigabytes: ReadonlyMap<unknown, number> = new Map(
  ['1g', '4g', '16g', '64g'].map((name) => [name, parseInt(name, 10)]),
);

/**
 * Cuts tools of OpenAI that have no price here, and names them. Writes into the request how many calls of the others it may make.
 * Returns what they can use; null if none of them is charged beside its tokens.
 *
 * Prices by the call, by the gigabyte of a container, and by the tokens of a picture; the rest is charged as tokens of the model.
 * Source: https://developers.openai.com/api/docs/pricing (read 2026-11).
 */
export function boundHostedTools(
  lane: LaneEdits,
  body: NativeRequest['body'],
  target: ProviderTarget,
): HostedTools | null {
  lane.cutTools(
    (_type, tool) => judgeTool(tool, target) === 'unpriced',
    ({ type }) => type,
  );
  const costs = lane.tools.flatMap((tool) => {
    const cost = isRecord(tool) ? judgeTool(tool, target) : null;
    return cost === null || cost === 'unpriced' ? [] : [cost];
  });
  if (costs.length === 0) return null;
  const drawn = costs.some(({ perCall }) => perCall.toolImageOut !== undefined);
  const callsMax = boundCalls(lane, body.max_tool_calls, drawn ? picturesDefault : callsDefault);
  if (lane.tools.some(lacksModel)) lane.set('tools', lane.tools.map(nameModel));
  const unitsMax: Units = {};
  for (const component of toolComponents) {
    const units = costs.reduce(
      (sum, { perCall, perRequest }) => sum + callsMax * (perCall[component] ?? 0) + (perRequest[component] ?? 0),
      0,
    );
    if (units > 0) unitsMax[component] = units;
  }
  return { callsMax, unitsMax };
}

/** Returns null for a tool that is not charged beside its tokens. */
function judgeTool(tool: Fields, target: ProviderTarget): ToolCost | 'unpriced' | null {
  const type = String(tool.type);
  const cost = costOf(type, tool, target);
  if (cost === null || cost === 'unpriced') return cost;
  const priced: readonly string[] = target.pricedTools ?? [];
  const used = [...Object.keys(cost.perCall), ...Object.keys(cost.perRequest)];
  return used.every((component) => priced.includes(component)) ? cost : 'unpriced';
}

function costOf(type: string, tool: Fields, { model, options }: ProviderTarget): ToolCost | 'unpriced' | null {
  if (anySearch.test(type)) {
    const isKnown = searchTool.test(type) || (previewTool.test(type) && reasonsAt(model));
    return isKnown ? byCall({ toolCalls: 1 }) : 'unpriced';
  }
  switch (type) {
    case 'file_search':
      return isOpenStore(tool.vector_store_ids, options) ? byCall({ fileSearches: 1 }) : 'unpriced';
    case 'code_interpreter':
      return byContainer(tool.container, 'auto');
    case 'shell':
      return runsHere(tool) ? null : byContainer(tool.environment, 'container_auto');
    case 'image_generation': {
      const isPriced = (tool.model ?? pictureModel) === pictureModel && (tool.input_image_mask ?? null) === null;
      const drawn = { toolTextIn: pictureTextMax, toolImageIn: pictureInputMax, toolImageOut: dearestPictureTokens };
      return isPriced ? byCall(drawn) : 'unpriced';
    }
    case 'programmatic_tool_calling':
      return 'unpriced';
    default:
      return null;
  }
}

export function reasonsAt(model: string): boolean {
  return responsesEffortsOf(model)?.length !== 0;
}

/** A shell runs on the machine of the client unless it names a container of OpenAI. */
function runsHere({ environment }: Fields): boolean {
  return !isRecord(environment) || environment.type === 'local';
}

function byCall(perCall: Units): ToolCost {
  return { perCall, perRequest: {} };
}

/** A container that OpenAI makes for the request. One that it keeps, and files in it, are of the operator's account. */
function byContainer(container: unknown, type: string): ToolCost | 'unpriced' {
  const asked = container ?? { type };
  if (!isRecord(asked) || asked.type !== type || holds(asked.file_ids) || holds(asked.skills)) return 'unpriced';
  const containers = gigabytes.get(asked.memory_limit ?? '1g');
  return containers === undefined ? 'unpriced' : { perCall: {}, perRequest: { containers } };
}

function holds(list: unknown): boolean {
  return list !== undefined && list !== null && !(Array.isArray(list) && list.length === 0);
}

function isOpenStore(ids: unknown, { [vectorStoresOption]: open = '' }: ProviderTarget['options']): boolean {
  const known = open.split(',').map((id) => id.trim());
  return Array.isArray(ids) && ids.length > 0 && ids.every((id) => typeof id === 'string' && known.includes(id));
}

function lacksModel(tool: unknown): tool is Fields {
  return isRecord(tool) && tool.type === 'image_generation' && (tool.model ?? null) === null;
}

function nameModel(tool: unknown): unknown {
  return lacksModel(tool) ? { ...tool, model: pictureModel } : tool;
}

/** Returns the most calls of OpenAI's own tools, and writes the bound into the request if it has none. */
function boundCalls(lane: LaneEdits, asked: unknown, unasked: number): number {
  if (typeof asked === 'number' && asked >= 1 && asked <= callsMost) return asked;
  const most = typeof asked === 'number' ? callsMost : unasked;
  lane.set('max_tool_calls', most);
  return most;
}
