import {
  type Additions,
  type EventRestorer,
  type NativeAnswers,
  type NativeEvent,
  type NativeTrace,
  type Repeated,
  writeEvent,
} from '@aggregator/surfaces';

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
  #last: string | null = null;
  /** Fields that the first events and the last one repeat of the request; null if they are as they came. */
  readonly #repeated: Repeated | null;
  /** Null if nothing was masked. */
  readonly #restorer: EventRestorer | null;
  /** The first events are over: those behind them, up to the last, repeat nothing. */
  #hasBegun = false;
  /** Ends of a part that wait. */
  #closing: NativeEvent[] = [];
  /** What a continuation has to repeat; null if the chunks say it. */
  readonly trace: NativeTrace | null;

  constructor(answers: NativeAnswers, repeated: Repeated = {}, restorer: EventRestorer | null = null) {
    this.#answers = answers;
    this.#restorer = restorer;
    this.#repeated = Object.keys(repeated).length === 0 ? null : repeated;
    this.trace = answers.createTrace?.() ?? null;
  }

  /** After the end: the data of the last event as the client received it; null if there is none. */
  get last(): string | null {
    return this.#last;
  }

  /** Takes an event and returns what may go out now. `isComplete`: with it, or before it, the answer came to its end. */
  take(came: NativeEvent, isComplete: boolean): string {
    if (this.#answers.omits?.(came.data) === true) return '';
    if (this.#restorer === null) return this.#takeOne(came, isComplete, this.#answers.closesPart(came.data));
    // What was held back of a text comes with the event that ends it, so that a failure before loses and repeats nothing.
    const closes = this.#answers.closesPart(came.data);
    return this.#restorer
      .take(came)
      .map((event) => this.#takeOne(event, isComplete, closes))
      .join('');
  }

  #takeOne(came: NativeEvent, isComplete: boolean, closesPart: boolean): string {
    const event = isComplete || !this.#hasBegun ? this.#withRepeated(came) : came;
    if (isComplete) {
      this.#tailLength += event.data.length;
      if (this.#tailLength <= tailMax) this.#tail.push(event);
      return '';
    }
    if (closesPart) {
      this.#closing.push(event);
      return '';
    }
    const text = this.#takeClosing();
    this.trace?.note(event.data);
    return text + writeEvent(event);
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
      this.#last = data ?? event.data;
      text += writeEvent({ head: event.head, data: this.#last });
    }
    const { terminator } = this.#answers;
    return isEnded || terminator === null ? text : text + writeEvent(terminator);
  }

  #withRepeated(event: NativeEvent): NativeEvent {
    const data = this.#repeated === null ? null : (this.#answers.repeatInEvent?.(event.data, this.#repeated) ?? null);
    this.#hasBegun ||= data === null;
    return data === null ? event : { head: event.head, data };
  }

  #takeClosing(): string {
    if (this.#closing.length === 0) return '';
    const closing = this.#closing;
    this.#closing = [];
    for (const { data } of closing) this.trace?.note(data);
    return closing.map(writeEvent).join('');
  }
}
