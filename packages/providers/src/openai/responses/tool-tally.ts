import { isRecord, type ToolComponent, toolComponents } from '@aggregator/contracts';
import { toPictureTokens } from './picture-tokens.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Containers beyond this bound are one. */
const containersMax = 100;

/**
 * Counts what OpenAI's own tools used, which no figure of the usage has: from the items of an answer as they come, and from the
 * whole response at its end.
 * Source: https://platform.openai.com/docs/api-reference/responses/object (read 2026-11, as typed by the `openai` package 7.55).
 */
export class ToolTally {
  #searches = 0;
  #fileSearches = 0;
  #pictureTokens = 0;
  readonly #containers = new Set<unknown>();

  add(item: unknown): void {
    if (!isRecord(item)) return;
    switch (item.type) {
      case 'web_search_call':
        if (isSearch(item)) this.#searches += 1;
        break;
      case 'file_search_call':
        this.#fileSearches += 1;
        break;
      case 'image_generation_call':
        if (typeof item.result === 'string') this.#pictureTokens += toPictureTokens(item.quality, item.size);
        break;
      case 'code_interpreter_call':
        this.#addContainer(item.container_id ?? null);
        break;
      case 'shell_call':
        if (isRecord(item.environment) && item.environment.type !== 'local') {
          this.#addContainer(item.environment.container_id ?? null);
        }
        break;
      default:
    }
  }

  /** Returns the units of a response that has ended: the reported tokens of pictures, or the published ones if there are none. */
  unitsOf(response: Fields): Partial<Record<ToolComponent, number>> {
    const whole = new ToolTally();
    for (const item of Array.isArray(response.output) ? response.output : []) whole.add(item);
    const pictures = Math.max(this.#pictureTokens, whole.#pictureTokens);
    const containers = Math.max(this.#containers.size, whole.#containers.size);
    const counted: Record<ToolComponent, number> = {
      toolCalls: Math.max(this.#searches, whole.#searches),
      fileSearches: Math.max(this.#fileSearches, whole.#fileSearches),
      containers: containers * gigabytesOf(response.tools),
      ...readPictures(response, pictures),
    };
    const units: Partial<Record<ToolComponent, number>> = {};
    for (const component of toolComponents) if (counted[component] > 0) units[component] = counted[component];
    return units;
  }

  #addContainer(id: unknown): void {
    if (this.#containers.size < containersMax) this.#containers.add(id);
  }
}

/** To open a page that was found, or to look for words in it, is not charged. Source: https://developers.openai.com/api/docs/guides/tools-web-search (read 2026-11). */
function isSearch({ action }: Fields): boolean {
  return (isRecord(action) ? (action.type ?? 'search') : 'search') === 'search';
}

/** The largest memory of a container that the response was asked for; it repeats its tools. */
function gigabytesOf(tools: unknown): number {
  let most = 1;
  for (const tool of Array.isArray(tools) ? tools.filter(isRecord) : []) {
    for (const place of [tool.container, tool.environment]) {
      const gigabytes = isRecord(place) ? Number.parseInt(String(place.memory_limit ?? ''), 10) : 1;
      if (gigabytes > most) most = gigabytes;
    }
  }
  return most;
}

function readPictures({ tool_usage: used }: Fields, published: number) {
  const reported = isRecord(used) && isRecord(used.image_gen) ? used.image_gen : {};
  const input = toCount(reported.input_tokens);
  const details = isRecord(reported.input_tokens_details) ? reported.input_tokens_details : {};
  const toolImageIn = Math.min(input, toCount(details.image_tokens));
  return {
    toolTextIn: input - toolImageIn,
    toolImageIn,
    toolImageOut: toCount(reported.output_tokens) || published,
  };
}

function toCount(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}
