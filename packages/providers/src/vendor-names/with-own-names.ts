import { isRecord } from '@aggregator/contracts';
import { EditedStream } from '../chunks/edited-stream.ts';
import type { ChatTranslation } from '../provider-adapter.ts';
import { renameTool } from './rename.ts';

type Body = Record<string, unknown>;

/** Returns a translation whose answers call tools by the client's names; the same one if no name was changed. */
export function withOwnNames(chat: ChatTranslation, toolNames: ReadonlyMap<string, string>): ChatTranslation {
  if (toolNames.size === 0) return chat;
  const toOwn = (name: string) => toolNames.get(name) ?? name;
  const vendors = [...toolNames.keys()];
  return {
    fields: chat.fields,
    toRequest: (request, target) => chat.toRequest(request, target),
    fromResponse(body) {
      const answer = chat.fromResponse(body);
      return { ...answer, body: restore(answer.body, 'message', toOwn) };
    },
    createStream: (options) =>
      new EditedStream(
        chat.createStream(options),
        (text) => vendors.some((name) => text.includes(name)),
        (chunk) => restore(chunk, 'delta', toOwn),
      ),
  };
}

function restore(body: Readonly<Body>, part: 'message' | 'delta', toOwn: (name: string) => string): Body {
  if (!Array.isArray(body.choices)) return { ...body };
  const choices = body.choices.map((choice: unknown) => {
    const said = isRecord(choice) ? choice[part] : undefined;
    return isRecord(choice) && isRecord(said) ? { ...choice, [part]: restoreSaid(said, toOwn) } : choice;
  });
  return { ...body, choices };
}

function restoreSaid(said: Readonly<Body>, toOwn: (name: string) => string): Body {
  const { tool_calls: calls, function_call: called } = said;
  const isCalled = isRecord(called) && typeof called.name === 'string';
  return {
    ...said,
    ...(Array.isArray(calls) && {
      tool_calls: calls.map((call) => (isRecord(call) ? { ...call, ...renameTool(call, toOwn) } : call)),
    }),
    ...(isCalled && { function_call: { ...called, name: toOwn(String(called.name)) } }),
  };
}
