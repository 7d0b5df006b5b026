import { TextEventRestorer } from '../masking/event-restorer.ts';
import { addToObject, type NativeAnswers } from '../native-answers.ts';
import { readMessagesTexts } from './masked-events.ts';

/**
 * The answers of the Messages API as Anthropic gave them. Our additions are where the translation puts them: in the whole message,
 * and in `message_delta`.
 */
export const messagesAnswers: NativeAnswers = {
  addToAnswer: addToObject,
  // Inside a JSON string the quotes are escaped, so that no text of the model matches.
  closesPart: (data) => data.includes('"content_block_stop"'),
  addToEvent: (data, additions) => (data.includes('"message_delta"') ? addToObject(data, additions) : null),
  createRestorer: (vault) => new TextEventRestorer(vault, (event) => readMessagesTexts(event, vault)),
  terminator: { head: 'event: message_stop\n', data: '{"type":"message_stop"}' },
};
