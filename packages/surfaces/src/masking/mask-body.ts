import { isFraction, listSaid, type TextMasker } from '@aggregator/anonymisation';
import { isRecord, parseRecord } from '@aggregator/contracts';
import { editJson, type JsonPlace, mapJson, readJsonField } from '@aggregator/providers';
import type { ChatSurfaceName } from '../chat-surface.ts';
import { BodyGrammar, isKnownName } from './body-grammar.ts';

/** Names of an end user, left out if they are personal: a placeholder would be one name for many people. */
const ofUsers = ['user', 'safety_identifier', 'prompt_cache_key'];
/** Fields that are left out if they are personal. */
const apart: ReadonlySet<string> = new Set(['metadata', ...ofUsers]);
/** Nothing that is looked for has fewer digits. */
const digitsMin = 9;
/** Base64 of a file is longer. Shorter texts are searched: that a file says something personal by chance is very unlikely. */
const encodedLengthMin = 4096;
/** A block of this API has no other data than a sealed thought. */
const sealedLengthMin = 64;

/**
 * Returns the body of a request without what is personal in its texts, and everything else to the letter: unknown fields
 * are texts with all their parts. Null if a signed thought says something personal, because it must not be changed.
 */
export function maskBody(text: string, surface: ChatSurfaceName, masker: TextMasker): string | null {
  const grammar = new BodyGrammar(surface);
  let isLocked = false;
  let tools: ReadonlySet<unknown> | null = null;
  const isDeclared = (name: string) => {
    tools ??= listTools(text);
    return tools.has(name);
  };
  const map = (json: string, place: JsonPlace) => {
    if (isThought(place)) {
      isLocked ||= masker.isPersonal(listSaid(JSON.parse(json)));
      return json;
    }
    if (grammar.isOfFile(place) && isEncoded(json, place.parent === 'content' ? sealedLengthMin : encodedLengthMin)) {
      return json;
    }
    const masked = maskValue(json, place, grammar, masker);
    return masked !== json && grammar.isCalledName(place) && isDeclared(readString(json)) ? json : masked;
  };
  const masked = mapJson(text, {
    choose: (place) => {
      if (place.depth === 1 && apart.has(place.name)) return 'skip';
      return isThought(place) ? 'whole' : grammar.choose(place);
    },
    map,
    mapName: (name) => (isKnownName(name) ? name : masker.maskText(name)),
  });
  return isLocked ? null : withoutPersonalNames(masked, masker);
}

/** A thought is signed as it is: one of Claude, or the details of a chat's. */
function isThought({ name, first }: JsonPlace): boolean {
  return (name === 'thinking' && first === '"') || (name === 'reasoning_details' && first === '[');
}

/** Returns the names of the tools that a request declares. */
function listTools(text: string): ReadonlySet<unknown> {
  const tools: unknown = JSON.parse(readJsonField(text, 'tools') ?? '[]');
  return new Set(Array.isArray(tools) ? tools.filter(isRecord).map(({ name }) => name) : []);
}

/** True for the JSON text of a string of Base64 alone, as pictures and files are. Shorter ones may be words. */
function isEncoded(json: string, lengthMin: number): boolean {
  return json.length > lengthMin && json.slice(1, -1).search(/[^\w+/=\\-]|\\[^/]/) === -1;
}

function maskValue(json: string, place: JsonPlace, grammar: BodyGrammar, masker: TextMasker): string {
  if (json.startsWith('{') || json.startsWith('[')) return masker.maskJson(json);
  if (json.startsWith('"')) {
    const value = readString(json);
    if (grammar.isMark(place, value)) return json;
    const masked = place.name === 'arguments' ? masker.maskJson(value) : masker.maskText(value);
    return masked === value ? json : JSON.stringify(masked);
  }
  if (json.length < digitsMin || isFraction(json)) return json;
  const masked = masker.maskText(json);
  return masked === json ? json : JSON.stringify(masked);
}

function withoutPersonalNames(text: string, masker: TextMasker): string {
  const edits = new Map<string, string | null>();
  for (const name of ofUsers) {
    const json = readJsonField(text, name);
    if (json !== null && masker.isPersonal(toText(JSON.parse(json)))) edits.set(name, null);
  }
  const metadata = readJsonField(text, 'metadata');
  if (metadata !== null) {
    const kept = keepImpersonal(metadata, masker);
    if (kept !== metadata) edits.set('metadata', kept);
  }
  return edits.size === 0 ? text : editJson(text, edits);
}

/** Returns the JSON text of metadata without its personal entries; null if it has no entries and is personal itself. */
function keepImpersonal(metadata: string, masker: TextMasker): string | null {
  const entries = parseRecord(metadata);
  if (entries === null) return masker.isPersonal(toText(JSON.parse(metadata))) ? null : metadata;
  const personal = Object.entries(entries).filter(([name, value]) => masker.isPersonal(`${name}\n${toText(value)}`));
  return personal.length === 0 ? metadata : editJson(metadata, new Map(personal.map(([name]) => [name, null])));
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function readString(json: string): string {
  const value: unknown = JSON.parse(json);
  return typeof value === 'string' ? value : '';
}
