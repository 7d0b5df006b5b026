import { type Additions, type NativeAnswers, type NativeEvent, writeEvent } from '@aggregator/surfaces';

/** UTF-16 units of events behind the end of an answer; more is not passed on. */
const tailMax = 1024 * 1024;

/**
 * The events of a provider's stream on their way to the client, as they came. Two kinds wait: the end of a part until the
 * next event, because another provider may continue that part after a failure; and all from the end of the answer on until
 * the answer is settled.
 */
export class NativeEvents {
  readonly #answers: NativeAnswers;
  readonly #tail: NativeEvent[] = [];
  #tailLength = 0;
  #closing = '';

  constructor(answers: NativeAnswers) {
    this.#answers = answers;
  }

  /** Takes an event and returns what may go out now. `isComplete`: with it, or before it, the answer came to its end. */
  take(event: NativeEvent, isComplete: boolean): string {
    if (isComplete) {
      this.#tailLength += event.data.length;
      if (this.#tailLength <= tailMax) this.#tail.push(event);
      return '';
    }
    const text = this.#takeClosing();
    if (!this.#answers.closesPart(event.data)) return text + writeEvent(event);
    this.#closing = writeEvent(event);
    return text;
  }

  /**
   * Returns the rest of a whole answer. `additions` go into the first event that has a place for them; null for none.
   * `isEnded`: the provider ended its stream; otherwise it is ended here.
   */
  end(additions: Additions | null, isEnded: boolean): string {
    let text = this.#takeClosing();
    let left = additions;
    for (const event of this.#tail) {
      const data = left === null ? null : this.#answers.addToEvent(event.data, left);
      if (data !== null) left = null;
      text += writeEvent(data === null ? event : { head: event.head, data });
    }
    return isEnded ? text : text + writeEvent(this.#answers.terminator);
  }

  #takeClosing(): string {
    const text = this.#closing;
    this.#closing = '';
    return text;
  }
}
