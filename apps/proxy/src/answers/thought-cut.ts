import { isRecord } from '@aggregator/contracts';

type Delta = Record<string, unknown>;

const names = ['reasoning_content', 'reasoning', 'reasoning_details'];

/** Returns the thoughts that a delta carries: its reasoning, or the text of its details if it has nothing else. */
export function readThoughts({ reasoning_content: content, reasoning, reasoning_details: details }: Delta): string {
  if (typeof content === 'string' && content !== '') return content;
  if (typeof reasoning === 'string' && reasoning !== '') return reasoning;
  return listDetails(details).map(textOf).join('');
}

/** True if the delta carries thoughts that only their provider can read. */
export function hasSealedThoughts({ reasoning_details: details }: Delta): boolean {
  return listDetails(details).some(({ data }) => typeof data === 'string');
}

/** Removes every thought from a delta. */
export function dropThoughts(delta: Delta): void {
  for (const name of names) delete delta[name];
}

export interface DeliveredThoughts {
  readonly thoughts: string;
  readonly hasSealedThoughts: boolean;
  /** Text or tool calls: the thoughts before them are over. */
  readonly hasAnswer: boolean;
}

/**
 * Cuts the thoughts that the client has from those of a new stream, so that it never reads one twice. Thoughts are not the
 * answer: from the first difference on, the new ones are withheld, and the answer that follows is passed on.
 */
export class ThoughtCut {
  readonly #hasSealed: boolean;
  #left: string;
  #isWithheld: boolean;

  constructor({ thoughts, hasSealedThoughts: hasSealed, hasAnswer }: DeliveredThoughts) {
    this.#left = thoughts;
    this.#hasSealed = hasSealed;
    this.#isWithheld = hasAnswer;
  }

  /** Changes the delta. */
  cut(delta: Delta): void {
    if (!names.some((name) => delta[name] !== undefined)) return;
    const text = readThoughts(delta);
    const due = Math.min(text.length, this.#left.length);
    this.#isWithheld ||= !this.#left.startsWith(text.slice(0, due));
    if (this.#isWithheld) {
      dropThoughts(delta);
      return;
    }
    this.#left = this.#left.slice(due);
    for (const name of ['reasoning_content', 'reasoning']) {
      const said = delta[name];
      if (typeof said === 'string' && said.length <= due) delete delta[name];
      else if (typeof said === 'string') delta[name] = said.slice(due);
    }
    if (delta.reasoning_details !== undefined) this.#cutDetails(delta, due);
  }

  #cutDetails(delta: Delta, due: number): void {
    let cut = due;
    const details = listDetails(delta.reasoning_details).flatMap((detail) => {
      const text = textOf(detail);
      const taken = Math.min(cut, text.length);
      cut -= taken;
      const isSeal = text === '' && (this.#left !== '' || (this.#hasSealed && detail.data !== undefined));
      // The client has the end of a thought before this one, or this very one.
      if (isSeal || (taken > 0 && taken === text.length && detail.signature === undefined)) return [];
      return taken === 0 ? [detail] : [withText(detail, text.slice(taken))];
    });
    if (details.length > 0) delta.reasoning_details = details;
    else delete delta.reasoning_details;
  }
}

function listDetails(details: unknown): Delta[] {
  return Array.isArray(details) ? details.filter(isRecord) : [];
}

function textOf({ text, summary }: Delta): string {
  if (typeof text === 'string') return text;
  return typeof summary === 'string' ? summary : '';
}

function withText(detail: Delta, text: string): Delta {
  return typeof detail.text === 'string' ? { ...detail, text } : { ...detail, summary: text };
}
