/** An answer as far as it has come. */
export interface ChatAnswer {
  readonly text: string;
  /** Name and arguments of the tools that the model calls. */
  readonly calls: readonly { readonly name: string; readonly input: string }[];
  /** Milliseconds from the request. */
  readonly firstMs: number | null;
  readonly endMs: number | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costNanoUsd: string | null;
  readonly requestId: string | null;
  readonly finishReason: string | null;
}

export const noAnswer: ChatAnswer = {
  ...{ text: '', calls: [], firstMs: null, endMs: null, inputTokens: null, outputTokens: null },
  ...{ costNanoUsd: null, requestId: null, finishReason: null },
};

interface Call {
  index?: number;
  function?: { name?: string; arguments?: string };
}

interface Part {
  content?: string | null;
  tool_calls?: Call[] | null;
}

interface Chunk {
  choices?: { delta?: Part; message?: Part; finish_reason?: string | null }[];
  usage?: { prompt_tokens?: number; completion_tokens?: number; cost_nano_usd?: string } | null;
  error?: { message?: string };
}

/** Returns the answer with one more chunk, or with a whole answer, which counts as one chunk. */
export function addChunk(answer: ChatAnswer, chunk: Chunk, ms: number): ChatAnswer {
  if (chunk.error !== undefined) throw new Error(chunk.error.message ?? 'error');
  const choice = chunk.choices?.[0];
  const part = choice?.delta ?? choice?.message;
  const hasContent = Boolean(part?.content) || (part?.tool_calls?.length ?? 0) > 0;
  const { usage } = chunk;
  return {
    ...answer,
    text: answer.text + (part?.content ?? ''),
    calls: addCalls(answer.calls, part?.tool_calls ?? []),
    firstMs: answer.firstMs ?? (hasContent ? ms : null),
    finishReason: choice?.finish_reason ?? answer.finishReason,
    inputTokens: usage?.prompt_tokens ?? answer.inputTokens,
    outputTokens: usage?.completion_tokens ?? answer.outputTokens,
    costNanoUsd: usage?.cost_nano_usd ?? answer.costNanoUsd,
  };
}

function addCalls(calls: ChatAnswer['calls'], parts: readonly Call[]): ChatAnswer['calls'] {
  const all = calls.map((call) => ({ ...call }));
  parts.forEach((part, at) => {
    const index = part.index ?? at;
    const call = all[index] ?? { name: '', input: '' };
    call.name += part.function?.name ?? '';
    call.input += part.function?.arguments ?? '';
    all[index] = call;
  });
  return all;
}

/** Yields the data of server-sent events as text. An event may be split anywhere. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const lines = (rest + (value ?? '')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('data:')) yield line.slice(5).trim();
      if (done) return;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
