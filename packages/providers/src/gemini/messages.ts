import { type ChatMessage, parseArguments, type ToolCall } from '@aggregator/contracts';
import { z } from 'zod';
import { withFailureAsText } from '../fields/failure-as-text.ts';
import { invalidValue } from '../fields/invalid-value.ts';
import { unsupported } from '../fields/sort-fields.ts';
import type { ModelTraits } from './model-traits.ts';
import { type Part, toInlineImage, toParts } from './parts.ts';
import { GivenSignatures, unsignedCall } from './signatures.ts';

interface Content {
  readonly role: 'user' | 'model';
  readonly parts: Part[];
}

/** A call of the history: its function, and its place among all calls. */
interface CallMade {
  name: string;
  position: number;
}

interface Result {
  part: Part;
  position: number;
}

export interface Conversation {
  /** Absent where nothing is said to the system. */
  systemInstruction?: { parts: readonly Part[] };
  contents: readonly Content[];
}

const imagesOfAnswer = z.array(z.looseObject({ image_url: z.looseObject({ url: z.string() }) })).catch([]);

/**
 * A conversation in contents. Everything that is said to the system goes to the one place that there is for it, in its
 * order; results of tools in a row are one content, as the calls that they answer were.
 * Source: https://ai.google.dev/gemini-api/docs/generate-content/function-calling (read 2026-11).
 * @throws {AppError} `unsupported_parameter`, `invalid_value`, `invalid_image_url`.
 */
export function toConversation(messages: readonly ChatMessage[], traits: ModelTraits): Conversation {
  const system: Part[] = [];
  const contents: Content[] = [];
  const calls = new Map<string, CallMade>();
  const turnFrom = messages.findLastIndex(({ role }) => role === 'user');
  let results: Result[] = [];
  const endResults = () => {
    if (results.length > 0) contents.push({ role: 'user', parts: inOrder(results) });
    results = [];
  };
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`;
    if (message.role === 'system' || message.role === 'developer') {
      system.push(...toParts(message, traits, path));
      continue;
    }
    if (message.role === 'tool') {
      results.push(toResult(withFailureAsText(message), calls, traits, path));
      continue;
    }
    endResults();
    const parts = toTurn(message, traits, index > turnFrom, path);
    for (const call of message.tool_calls ?? []) {
      calls.set(call.id ?? '', { name: call.function?.name ?? '', position: calls.size });
    }
    const last = contents.at(-1);
    // A call must be in the content directly after the user's.
    if (message.role === 'assistant' && last?.role === 'model') last.parts.push(...parts);
    else if (parts.length > 0) contents.push({ role: message.role === 'assistant' ? 'model' : 'user', parts });
  }
  endResults();
  // A prompt of nothing but instructions is answered as if the user had said them.
  if (contents.length === 0 && system.length > 0) return { contents: [{ role: 'user', parts: system }] };
  if (contents.length === 0)
    throw invalidValue('messages', 'This provider needs at least one message that says something.');
  return { ...(system.length > 0 && { systemInstruction: { parts: system } }), contents };
}

function toTurn(message: ChatMessage, traits: ModelTraits, isCurrent: boolean, path: string): Part[] {
  switch (message.role) {
    case 'user':
      return toParts(message, traits, path);
    case 'assistant':
      return toModelParts(message, traits, isCurrent, path);
    default:
      throw unsupported(`${path}.role`);
  }
}

/**
 * What the model said: its text, its images, its calls, each with the signature that it was given with. In the turn that
 * continues, the first call needs one; if it is lost, Google's own word for that takes its place.
 */
function toModelParts(message: ChatMessage, traits: ModelTraits, isCurrent: boolean, path: string): Part[] {
  const given = new GivenSignatures(message.reasoning_details ?? []);
  const parts = toParts(message, traits, path);
  if (typeof message.refusal === 'string' && message.refusal !== '') parts.push({ text: message.refusal });
  const textSignature = given.fieldOf({ kind: 'text' });
  if (textSignature.thoughtSignature !== undefined) parts.push({ text: '', ...parts.pop(), ...textSignature });
  for (const [index, image] of imagesOfAnswer.parse(message.images ?? []).entries()) {
    const inline = toInlineImage(image.image_url.url, `${path}.images[${index}]`);
    parts.push({ ...inline, ...given.fieldOf({ kind: 'image', index }) });
  }
  const calls = (message.tool_calls ?? []).map((call, index) => {
    const callPart = toFunctionCall(call, `${path}.tool_calls[${index}]`);
    return { ...callPart, ...given.fieldOf({ kind: 'call', id: call.id ?? '' }) };
  });
  const [first, ...rest] = calls;
  if (first === undefined) return parts;
  const isSigned = calls.some((call) => call.thoughtSignature !== undefined);
  const isLost = traits.needsSignatures && isCurrent && !isSigned;
  return [...parts, isLost ? { ...first, thoughtSignature: unsignedCall } : first, ...rest];
}

function toFunctionCall(
  { id, function: called }: ToolCall,
  path: string,
): { functionCall: Part; thoughtSignature?: string } {
  if (called === undefined) throw unsupported(path);
  if (!id) throw invalidValue(`${path}.id`, 'A tool call needs the id that it was made with.');
  const args = called.arguments.trim() === '' ? {} : parseArguments(called.arguments);
  if (args === null) {
    throw invalidValue(`${path}.function.arguments`, 'The arguments of a tool call must be a JSON object.');
  }
  return { functionCall: { id, name: called.name, args } };
}

/** The text as it is, under the name that Google documents for it: read as JSON, large numbers in it would change. */
function toResult(
  message: ChatMessage,
  calls: ReadonlyMap<string, CallMade>,
  traits: ModelTraits,
  path: string,
): Result {
  const id = message.tool_call_id;
  if (!id) throw invalidValue(`${path}.tool_call_id`, 'The result of a tool needs the id of its call.');
  const call = calls.get(id);
  const name = call?.name || message.name;
  if (!name) throw invalidValue(`${path}.tool_call_id`, 'No earlier message has a tool call with this id.');
  const parts = toParts(message, traits, path);
  const texts = parts.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
  const media = parts.filter(({ text }) => text === undefined);
  const response = { output: texts.join('\n') };
  const functionResponse = { id, name, response, ...(media.length > 0 && { parts: media }) };
  return { part: { functionResponse }, position: call?.position ?? Number.MAX_SAFE_INTEGER };
}

/** As the calls were made, whichever was done first: models without ids match results by their place. */
function inOrder(results: readonly Result[]): Part[] {
  return results.toSorted((one, other) => one.position - other.position).map(({ part }) => part);
}
