import { useCallback, useRef, useState } from 'react';
import { stream } from '../../api/call.ts';
import { addChunk, type ChatAnswer, noAnswer, readEvents } from './read-answer.ts';

export interface Chat {
  readonly answer: ChatAnswer | null;
  readonly error: unknown;
  readonly isRunning: boolean;
  readonly isStopped: boolean;
  send(body: Readonly<Record<string, unknown>>): Promise<void>;
  stop(): void;
}

const idle = { answer: null as ChatAnswer | null, error: null as unknown, isRunning: false, isStopped: false };

/** One request at a time, with its answer as it comes. */
export function useChat(): Chat {
  const [state, setState] = useState(idle);
  const running = useRef<AbortController | null>(null);

  const send = useCallback(async (body: Readonly<Record<string, unknown>>) => {
    const controller = new AbortController();
    running.current = controller;
    const startedMs = performance.now();
    let answer = noAnswer;
    const show = (next: ChatAnswer) => {
      answer = next;
      setState({ ...idle, answer, isRunning: true });
    };
    show(noAnswer);
    try {
      const response = await stream('POST', '/v1/chat/completions', { body, signal: controller.signal });
      show({ ...answer, requestId: response.headers.get('x-request-id') });
      for await (const text of readChunks(response)) {
        show(addChunk(answer, JSON.parse(text), performance.now() - startedMs));
      }
      answer = { ...answer, endMs: performance.now() - startedMs };
      setState({ ...idle, answer });
    } catch (error) {
      const isStopped = controller.signal.aborted;
      setState({ answer, error: isStopped ? null : error, isRunning: false, isStopped });
    } finally {
      running.current = null;
    }
  }, []);

  const stop = useCallback(() => running.current?.abort(), []);
  return { ...state, send, stop };
}

async function* readChunks(response: Response): AsyncGenerator<string> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (!isStream || response.body === null) {
    yield await response.text();
    return;
  }
  for await (const text of readEvents(response.body)) if (text !== '[DONE]') yield text;
}
