import { AppError, isRecord } from '@aggregator/contracts';
import { DroppedParams } from '../fields/dropped-params.ts';
import { isGoverned } from '../fields/governed-fields.ts';
import { ownFields } from '../fields/own-fields.ts';
import { withoutCost } from '../fields/without-cost.ts';
import type { NativeRequest } from '../provider-adapter.ts';

type Body = NativeRequest['body'];

/** Values of fields that do not change the price, by the names of fields of which any other value does. */
export type PricedFields = Readonly<Record<string, readonly unknown[]>>;

/** The changes to a body that goes out as it came. Null cuts a field. */
export class LaneEdits {
  readonly dropped = new DroppedParams();
  readonly edits = new Map<string, string | null>();
  readonly #body: Body;
  /** The tools that go out. */
  tools: readonly unknown[];

  /** @param passed Names of fields that the profile of the server lets pass. */
  constructor(body: Body, model: string, passed: readonly string[] = []) {
    this.#body = body;
    this.tools = Array.isArray(body.tools) ? body.tools : [];
    this.set('model', model);
    for (const name of ownFields) if (Object.hasOwn(body, name)) this.edits.set(name, null);
    for (const name of Object.keys(body)) if (isGoverned(name) && !passed.includes(name)) this.cut(name);
    const { metadata } = body;
    const fields: Record<string, unknown> = { metadata };
    withoutCost(fields, this.dropped);
    if (fields.metadata !== metadata) this.set('metadata', fields.metadata);
  }

  set(name: string, value: unknown): void {
    this.edits.set(name, JSON.stringify(value));
  }

  cut(name: string): void {
    this.edits.set(name, null);
    this.dropped.note(name);
  }

  /** Cuts what changes the price in a way that no rate covers, and names it. */
  cutPriced(fields: PricedFields): void {
    for (const [name, harmless] of Object.entries(fields)) {
      const value = this.#body[name] ?? null;
      if (value !== null && !harmless.includes(value)) this.cut(name);
    }
  }

  /** Cuts tools that have no price here, and a choice of one of them, and names them. */
  cutTools(isCut: (type: string, tool: Body) => boolean, nameOf: (tool: Body) => unknown): void {
    const { tools, tool_choice: choice } = this.#body;
    if (!Array.isArray(tools)) return;
    const kept = tools.filter((tool) => !isRecord(tool) || typeof tool.type !== 'string' || !isCut(tool.type, tool));
    if (kept.length === tools.length) return;
    this.tools = kept;
    const cut = tools.filter((tool) => !kept.includes(tool)).filter(isRecord);
    for (const { type } of cut) this.dropped.note(`tools.${type}`);
    if (kept.length > 0) this.set('tools', kept);
    else this.edits.set('tools', null);
    if (!isRecord(choice)) {
      if (kept.length === 0 && choice !== undefined) this.cut('tool_choice');
      return;
    }
    const chosen = nameOf(choice);
    if (kept.length === 0 || cut.some((tool) => nameOf(tool) === chosen)) this.cut('tool_choice');
  }

  /** Bounds the answer by what the model generates, or by `limit` if the request has no bound. */
  bound(name: string, most: number | null, limit: number | null): void {
    const asked = this.#body[name] ?? null;
    if (typeof asked === 'number' && most !== null && asked > most) this.set(name, most);
    if (asked === null && limit !== null) this.set(name, limit);
  }
}

/** Returns the text of a client's header; null if it has none. */
export function readHeader(headers: NativeRequest['headers'], name: string): string | null {
  const value = headers[name];
  const text = Array.isArray(value) ? value.join(', ') : (value ?? '');
  return text === '' ? null : text;
}

/** Values whose fields are a client's own. */
const opaque: ReadonlySet<string> = new Set(['arguments', 'input_schema', 'parameters']);

/**
 * Refuses references to files that a provider keeps: they are of the operator's account, and no organisation may use those of
 * another. Costs a search of the text if there are none.
 * @throws {AppError} `unsupported_parameter`
 */
export function refuseFiles({ text }: Pick<NativeRequest, 'text'>, conversation: unknown, path: string): void {
  if (text.includes('"file_id"') && holdsFile(conversation)) {
    throw refuse(path, 'no files are stored here; send the content of the file');
  }
}

function holdsFile(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsFile);
  if (!isRecord(value)) return false;
  if (typeof value.file_id === 'string') return true;
  const isCall = value.type === 'tool_use';
  return Object.entries(value).some(
    ([name, part]) => !opaque.has(name) && !(isCall && name === 'input') && holdsFile(part),
  );
}

export function refuse(param: string, reason: string): AppError {
  return new AppError('unsupported_parameter', { param, message: `'${param}' is not supported here: ${reason}.` });
}
