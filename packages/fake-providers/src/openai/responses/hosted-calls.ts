import type { FakeResponses } from './wire.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * One call of each tool of the vendor's own servers that a request has, if its last text says `#hosted`.
 * Source: https://platform.openai.com/docs/api-reference/responses/object (read 2026-11, as typed by the `openai`
 * package 7.55).
 */
const calls: Readonly<Record<string, Fields>> = {
  web_search: { id: 'ws_1', type: 'web_search_call', action: { type: 'search', query: 'Brno' } },
  file_search: { id: 'fs_1', type: 'file_search_call', queries: ['Brno'], results: null },
  code_interpreter: { id: 'ci_1', type: 'code_interpreter_call', container_id: 'cntr_1', code: '1 + 1', outputs: null },
  shell: {
    ...{ id: 'sh_1', type: 'shell_call', call_id: 'call_sh_1', action: { commands: ['ls'] } },
    environment: { type: 'container_reference', container_id: 'cntr_2' },
  },
  image_generation: { id: 'ig_1', type: 'image_generation_call', result: 'aGk=', quality: 'low', size: '1024x1024' },
};

export function composeHosted({ input, tools }: FakeResponses): Fields[] {
  if (!JSON.stringify(input).includes('#hosted')) return [];
  return (tools ?? []).flatMap(({ type }) => {
    const call = calls[type];
    return call === undefined ? [] : [{ ...call, status: 'completed' }];
  });
}
