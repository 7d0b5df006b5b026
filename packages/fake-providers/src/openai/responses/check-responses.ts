import { checkStrictSchema } from '../check-chat.ts';
import { effortsOf, type FakeModel } from '../models.ts';
import { invalid, Refusal } from '../refusal.ts';
import { isEncryptedThought } from './encrypt.ts';
import type { FakeItem, FakeResponses } from './wire.ts';

/**
 * Rules of the Responses API that no schema has: models that reason, items that belong together.
 * Sources: https://developers.openai.com/api/docs/guides/reasoning, …/guides/function-calling (read 2026-11),
 * openai/openai-agents-js#546, maximhq/bifrost#5410.
 * @throws {Refusal}
 */
export function checkResponses(request: FakeResponses, model: FakeModel): void {
  checkReasoning(request, model);
  const format = request.text?.format;
  if (format?.type === 'json_object' && !/json/i.test(JSON.stringify([request.input, request.instructions]))) {
    throw invalid('input', "Response input messages must contain the word 'json' in some form.");
  }
  if (format?.type === 'json_schema' && format.strict) checkStrictSchema(format.schema, 'text.format.schema');
  for (const tool of request.tools ?? []) {
    // A tool that is not declared loose is strict here.
    if (tool.type === 'function' && tool.strict !== false) checkStrictSchema(tool.parameters, 'tools');
  }
  if (typeof request.input !== 'string') checkItems(request.input, effortsOf(model, 'responses').length > 0);
}

function checkReasoning({ reasoning, include, temperature, top_p }: FakeResponses, model: FakeModel): void {
  const efforts = effortsOf(model, 'responses');
  const effort = reasoning?.effort ?? null;
  if (efforts.length === 0) {
    if (include?.includes('reasoning.encrypted_content') === true) {
      throw invalid('include', 'Encrypted content is not supported with this model.', 'unsupported_parameter');
    }
    const asked = effort === null ? (reasoning?.summary ? 'reasoning.summary' : null) : 'reasoning.effort';
    if (asked === null) return;
    throw invalid(
      asked,
      `Unsupported parameter: '${asked}' is not supported with this model.`,
      'unsupported_parameter',
    );
  }
  if (effort !== null && !efforts.includes(effort)) {
    const reason = `'${effort}' is not supported with the '${model.id}' model. Supported values are: ${efforts.join(', ')}.`;
    throw invalid('reasoning.effort', `Unsupported value: ${reason}`, 'unsupported_value');
  }
  if ((effort ?? model.defaultEffort) === 'none') return;
  for (const [name, value] of Object.entries({ temperature, top_p })) {
    if ((value ?? 1) !== 1) {
      throw invalid(
        name,
        `Unsupported parameter: '${name}' is not supported with this model.`,
        'unsupported_parameter',
      );
    }
  }
}

function checkItems(items: readonly FakeItem[], isThinker: boolean): void {
  const calls = new Set<string>();
  const answered = new Set<string>();
  for (const [index, item] of items.entries()) {
    // A message between a thought and its calls does not separate them.
    const before = items.slice(0, index).findLast((one) => one.type !== 'message' || one.role !== 'assistant');
    switch (item.type) {
      case 'message':
        checkMessage(item, index);
        break;
      case 'additional_tools':
        break;
      case 'reasoning':
        checkThought(item, items[index + 1], index);
        break;
      case 'function_call':
      case 'custom_tool_call':
        // Only a call that is known by its id is looked up, with the reasoning that led to it, if the model reasons.
        if (isThinker && item.id !== undefined && before?.type !== 'reasoning' && before?.type !== item.type) {
          const reason = `Item '${item.id}' of type '${item.type}' was provided without its required 'reasoning' item.`;
          throw invalid('input', reason);
        }
        calls.add(item.call_id);
        break;
      default:
        if (!calls.has(item.call_id)) {
          throw invalid('input', `No tool call found for function call output with call_id ${item.call_id}.`);
        }
        answered.add(item.call_id);
    }
  }
  for (const id of calls) {
    if (!answered.has(id)) throw invalid('input', `No tool output found for function call ${id}.`);
  }
}

function checkMessage({ role, content }: Extract<FakeItem, { type: 'message' }>, index: number): void {
  if (typeof content === 'string') return;
  const kinds = role === 'assistant' ? /^(?:output_text|refusal)$/ : /^input_/;
  const at = content.findIndex(({ type }) => !kinds.test(type));
  if (at >= 0) throw invalid(`input[${index}].content[${at}]`, `Invalid value: '${content[at]?.type}'.`);
}

function checkThought(
  { id = 'rs_none', encrypted_content: encrypted }: Extract<FakeItem, { type: 'reasoning' }>,
  next: FakeItem | undefined,
  index: number,
): void {
  if (!encrypted) {
    const reason = `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false.`;
    throw new Refusal(404, { message: reason, param: 'input' });
  }
  if (!isEncryptedThought(encrypted)) {
    const message = 'The encrypted content could not be verified. Reason: Encrypted content could not be decrypted.';
    throw invalid(`input[${index}].encrypted_content`, message, 'invalid_encrypted_content');
  }
  const follows = next?.type === 'function_call' || next?.type === 'custom_tool_call' || next?.type === 'reasoning';
  if (follows || (next?.type === 'message' && next.role === 'assistant')) return;
  throw invalid('input', `Item '${id}' of type 'reasoning' was provided without its required following item.`);
}
