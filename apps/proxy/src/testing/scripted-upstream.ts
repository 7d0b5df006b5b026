import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A provider that gives any answer that a test sets, for faults that no correct provider shows. */
export interface ScriptedUpstream {
  readonly url: string;
  /** What it answers from now on. */
  answer: Answer;
  /** What an answer in two parts waits for; set by the answer. */
  goOn: () => void;
  /** Requests that came. */
  requests: number;
  /** Body of the last of them, as text. */
  lastBody: string;
  lastHeaders: IncomingHttpHeaders;
  /** Requests that are open. */
  open: number;
  close(): Promise<void>;
}

export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  const server = createServer((request, response) => {
    upstream.requests += 1;
    upstream.open += 1;
    response.once('close', () => {
      upstream.open -= 1;
    });
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.once('end', () => {
      upstream.lastBody = body;
      upstream.lastHeaders = request.headers;
      upstream.answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const upstream: ScriptedUpstream = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    answer: (_request, response) => void response.writeHead(500).end(),
    goOn: () => undefined,
    requests: 0,
    lastBody: '',
    lastHeaders: {},
    open: 0,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return upstream;
}

/** A chunk of a stream as an SSE event. */
export function chunkEvent(content: string, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta: { content }, finish_reason: finishReason }];
  return toEvent({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'scripted-model', choices });
}

export function toEvent(body: unknown): string {
  return `data: ${JSON.stringify(body)}\n\n`;
}
