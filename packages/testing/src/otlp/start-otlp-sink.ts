import { once } from 'node:events';
import { createServer } from 'node:http';

/** A step as a receiver sees it. Ids are hex; kind and status are the numbers of OTLP. */
export interface ReceivedSpan {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  kind: number;
  attributes: Record<string, string>;
  isError: boolean;
}

export interface OtlpSink {
  /** Base URL, without `/v1/traces`. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** Each body as it came. */
  readonly bodies: readonly string[];
  close(): Promise<void>;
}

interface Attribute {
  key: string;
  value: Record<string, unknown>;
}
interface Payload {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: { spans: (ReceivedSpan & { attributes: Attribute[]; status?: { code?: number } })[] }[];
  }[];
}

/** A receiver of OTLP over HTTP with JSON, which keeps what comes. */
export async function startOtlpSink(): Promise<OtlpSink> {
  const spans: ReceivedSpan[] = [];
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request)).toString();
    bodies.push(body);
    spans.push(...readSpans(JSON.parse(body)));
    response.setHeader('content-type', 'application/json');
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    ...{ spans, bodies },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function readSpans({ resourceSpans }: Payload): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ status, ...span }) => ({
        ...span,
        service: toRecord(resource.attributes)['service.name'] ?? '',
        attributes: toRecord(span.attributes),
        isError: status?.code === 2,
      })),
    ),
  );
}

function toRecord(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));
}
