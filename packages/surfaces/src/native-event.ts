/** An event of a provider's stream. */
export interface NativeEvent {
  /** Its lines beside the data, each with its line end. */
  readonly head: string;
  readonly data: string;
}

/** Puts values that were masked in the request back into the events of a provider's stream. */
export interface EventRestorer {
  /** Returns the event, behind those that say what was held back of the texts that it ends. */
  take(event: NativeEvent): readonly NativeEvent[];
}

/** Returns an event as it is written. */
export function writeEvent({ head, data }: NativeEvent): string {
  return `${head}data: ${data.includes('\n') ? data.replaceAll('\n', '\ndata: ') : data}\n\n`;
}
