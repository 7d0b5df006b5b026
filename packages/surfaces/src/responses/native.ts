import { isRecord, parseExactRecord, parseRecord } from '@aggregator/contracts';
import { editJson, readJsonField } from '@aggregator/providers';
import { TextEventRestorer } from '../masking/event-restorer.ts';
import { addToObject, type NativeAnswers, type NativeTrace, type Repeated, repeatInObject } from '../native-answers.ts';
import { readResponsesTexts } from './masked-events.ts';
import { isUnguessableId } from './response-id.ts';

/** Inside a JSON string the quotes are escaped, so that no text of the model matches. */
const closing = /"type": ?"response\.(?:\w+\.done|\w+_part\.done|output_item\.done)"/;
const last = /"type": ?"response\.(?:completed|incomplete)"/;
const framing = /"type": ?"response\.(?:queued|created|in_progress|completed|incomplete|failed)"/;
const naming = /"type": ?"response\.(?:created|output_item\.added)"/;
const itemsMax = 10_000;

/** Names of a response that the client has had: a continuation keeps them. */
export class ResponsesTrace implements NativeTrace {
  /** Of the response; null before it began. */
  id: string | null = null;
  /** Ids of items, by their place in the output. */
  readonly itemIds = new Map<number, string>();
  eventCount = 0;

  note(data: string): void {
    this.eventCount += 1;
    if (!naming.test(data)) return;
    const { response, item, output_index: index } = parseRecord(data) ?? {};
    if (isRecord(response) && typeof response.id === 'string') this.id = response.id;
    const isKnown = typeof index === 'number' && this.itemIds.size < itemsMax;
    if (isKnown && isRecord(item) && typeof item.id === 'string') this.itemIds.set(index, item.id);
  }
}

/**
 * The answers of the Responses API as OpenAI gave them. Our additions are where the translation puts them: in the response, which
 * the last event of a stream holds.
 */
export const responsesAnswers: NativeAnswers = {
  addToAnswer: addToObject,
  closesPart: (data) => closing.test(data),
  repeatInAnswer: repeatInResponse,
  repeatInEvent: (data, fields) =>
    framing.test(data) ? editResponse(data, (response) => repeatInResponse(response, fields)) : null,
  addToEvent: (data, additions) =>
    last.test(data) ? editResponse(data, (response) => addToObject(response, additions)) : null,
  createRestorer: (vault) => new TextEventRestorer(vault, (event) => readResponsesTexts(event, vault)),
  terminator: null,
  createTrace: () => new ResponsesTrace(),
  readAnswer(text) {
    const answer = parseExactRecord(text);
    return answer !== null && isRecord(answer.response) ? answer.response : answer;
  },
};

/** A response whose id could be guessed is not stored, so that it does not say so. */
function repeatInResponse(response: string, fields: Repeated): string {
  const isStored = fields.store !== true || isUnguessableId(fields.id ?? parseString(readJsonField(response, 'id')));
  return repeatInObject(response, isStored ? fields : { ...fields, store: false });
}

function parseString(json: string | null): unknown {
  return json === null ? null : JSON.parse(json);
}

function editResponse(data: string, edit: (response: string) => string): string | null {
  const response = readJsonField(data, 'response');
  return response === null ? null : editJson(data, new Map([['response', edit(response)]]));
}
