import { StringDecoder } from 'node:string_decoder';
import { type Clock, KubernetesError } from '../port.ts';

/** etcd takes no object above 1.5 MiB; JSON and its events make it larger, but not by that much. */
const lineLengthMax = 8 * 1024 * 1024;

export interface LineOptions {
  readonly clock: Clock;
  readonly idleMsMax: number;
  /** Ends the stream if nothing else would: a socket that is open and silent. */
  abort(reason: KubernetesError): void;
}

/**
 * Whole lines of a body, without empty ones. Throws KubernetesError for a line too long, and for one cut in the middle.
 */
export async function* readLines(body: AsyncIterable<Buffer>, options: LineOptions): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  const idle = () =>
    options.abort(new KubernetesError(0, 'Silent', `no byte from the API server for ${options.idleMsMax} ms`));
  let cancel = options.clock.after(options.idleMsMax, idle);
  let half: string[] = [];
  let halfLength = 0;
  try {
    for await (const chunk of body) {
      cancel();
      const [end = '', ...starts] = decoder.write(chunk).split('\n');
      half.push(end);
      halfLength += end.length;
      for (const start of starts) {
        const line = half.join('');
        half = [start];
        halfLength = start.length;
        if (line.trim() !== '') yield line;
      }
      if (halfLength > lineLengthMax) {
        throw new KubernetesError(0, 'LineTooLong', `a line of more than ${lineLengthMax} characters`);
      }
      cancel = options.clock.after(options.idleMsMax, idle);
    }
    if (halfLength > 0) throw new KubernetesError(0, 'Cut', 'the answer ended in the middle of a line');
  } finally {
    cancel();
  }
}
