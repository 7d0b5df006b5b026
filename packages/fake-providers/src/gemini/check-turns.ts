import type { FakeModel } from './models.ts';
import { invalid, Refusal } from './refusal.ts';
import { isOwnSignature } from './signature.ts';
import type { FakeContent, FakePart } from './wire.ts';

const dataFields = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse'] as const;

/**
 * The order of contents, the pairing of calls and results, and the signatures of thoughts.
 * Sources: https://ai.google.dev/gemini-api/docs/generate-content/function-calling,
 * https://ai.google.dev/gemini-api/docs/thought-signatures (read 2026-11).
 * @throws {Refusal}
 */
export function checkTurns(contents: readonly FakeContent[], model: FakeModel): void {
  const turnFrom = contents.findLastIndex(isSaidByUser);
  for (const [index, content] of contents.entries()) {
    for (const [position, part] of content.parts.entries()) {
      checkPart(part, content.role ?? 'user', model, `contents[${index}].parts[${position}]`);
    }
    checkPairing(contents, index);
    if (model.wantsSignatures && index > turnFrom) checkFirstCall(content);
  }
}

function isSaidByUser({ role, parts }: FakeContent): boolean {
  return role !== 'model' && !parts.some((part) => part.functionResponse !== undefined);
}

function checkPart(part: FakePart, role: string, model: FakeModel, path: string): void {
  const given = dataFields.filter((field) => part[field] !== undefined);
  if (given.length !== 1) throw invalid(`${path}.data`, "required oneof field 'data' must have one initialized field");
  if (part.functionCall !== undefined && role !== 'model') throw invalid(path, 'A function call must be of the model.');
  if (part.functionResponse !== undefined && role !== 'user') {
    throw invalid(path, 'A function response must be of the user.');
  }
  if (part.functionResponse?.parts !== undefined && !model.isThirdGeneration) {
    throw invalid(path, 'Multimodal function responses are not supported for this model.');
  }
  const address = part.fileData?.fileUri;
  if (address !== undefined && !address.startsWith('https://'))
    throw invalid(path, 'Cannot fetch content from the URL.');
  if (part.thoughtSignature !== undefined && !isOwnSignature(part.thoughtSignature, part.functionCall)) {
    throw new Refusal('INVALID_ARGUMENT', 'Corrupted thought signature.');
  }
}

function checkPairing(contents: readonly FakeContent[], index: number): void {
  const before = callsOf(contents[index - 1]);
  const results = resultsOf(contents[index]);
  if (results.length > 0 && before.length === 0) {
    throw invalid(
      `contents[${index}]`,
      'Please ensure that function response turn comes immediately after a function call turn.',
    );
  }
  if (before.length !== results.length) {
    throw invalid(
      `contents[${index}]`,
      'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
    );
  }
  for (const [position, call] of before.entries()) {
    const result = results[position];
    if (result?.name !== call.name || (call.id !== undefined && result.id !== call.id)) {
      throw invalid(`contents[${index}]`, 'The function response does not match the function call.');
    }
  }
  const calls = callsOf(contents[index]);
  if (calls.length === 0) return;
  if (index === 0 || contents[index - 1]?.role === 'model') {
    throw invalid(
      `contents[${index}]`,
      'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
    );
  }
  if (index === contents.length - 1) throw invalid(`contents[${index}]`, 'A function call turn must be answered.');
}

/** Of calls that were made together, the first carries the signature. */
function checkFirstCall({ parts }: FakeContent): void {
  const position = parts.findIndex((part) => part.functionCall !== undefined);
  const first = parts[position];
  if (first?.functionCall === undefined || first.thoughtSignature !== undefined) return;
  throw new Refusal(
    'INVALID_ARGUMENT',
    'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly. ' +
      `Additional data, function call \`default_api:${first.functionCall.name}\`, position ${position + 1}.`,
  );
}

function callsOf(content: FakeContent | undefined) {
  return (content?.parts ?? []).flatMap(({ functionCall }) => (functionCall === undefined ? [] : [functionCall]));
}

function resultsOf(content: FakeContent | undefined) {
  return (content?.parts ?? []).flatMap(({ functionResponse }) =>
    functionResponse === undefined ? [] : [functionResponse],
  );
}
