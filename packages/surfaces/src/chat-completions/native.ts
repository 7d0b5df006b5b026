import { addToObject, type NativeAnswers } from '../native-answers.ts';
import { createChunkEventRestorer } from './chunk-events.ts';

/** Inside a JSON string the quotes are escaped, so that no text of the model matches. */
const reported = /"usage": ?\{/;
const finished = /"finish_reason": ?"/;
const withoutChoices = /"choices": ?\[ ?\]/;

/** Chat completions as a server gave them. Our additions are in the chunk with the usage, and beside the whole answer. */
export const chatAnswers: NativeAnswers = {
  addToAnswer: addToObject,
  closesPart: () => false,
  addToEvent: (data, additions) => (reported.test(data) ? addToObject(data, additions) : null),
  createRestorer: createChunkEventRestorer,
  terminator: { head: '', data: '[DONE]' },
  /** The usage was asked for on our behalf alone: its chunk has no choice, which no client expects that did not ask. */
  unasked: {
    addToAnswer: addToObject,
    closesPart: () => false,
    omits: (data) => reported.test(data) && withoutChoices.test(data),
    addToEvent: (data, additions) => (finished.test(data) ? addToObject(data, additions) : null),
    createRestorer: createChunkEventRestorer,
    terminator: { head: '', data: '[DONE]' },
  },
};
