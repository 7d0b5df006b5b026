import { type ChatMessage, chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { withMediaAfterTools } from './media-after-tools.ts';

const image = (name: string) => ({ type: 'image_url', image_url: { url: `https://a.example/${name}.png` } });
const text = (said: string) => ({ type: 'text', text: said });
const label = (id: string) => text(`Of the result of the tool call ${id}:`);
const result = (id: string, content: unknown) => ({ role: 'tool', tool_call_id: id, content });
const calls = { role: 'assistant', content: null, tool_calls: [] };

const place = (messages: object[]): readonly ChatMessage[] =>
  withMediaAfterTools(chatCompletionRequest.parse({ model: 'm', messages }).messages);

describe('pictures and files in results of tools', () => {
  it('go to a message of the user behind all results, each under its call', () => {
    const file = { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0=' } };
    const shown = result('a', [text('Two of them.'), image('one'), image('two')]);
    expect(place([calls, shown, result('b', 'plain'), result('c', [file])])).toEqual([
      calls,
      result('a', [text('Two of them.')]),
      result('b', 'plain'),
      result('c', [text('The result is in the message that follows.')]),
      { role: 'user', content: [label('a'), image('one'), image('two'), label('c'), file] },
    ]);
  });

  it('stand before what the user says next, in the same message', () => {
    const asked = [{ role: 'user', name: 'ann', content: 'And?' }, calls];
    expect(place([calls, result('a', [image('one')]), ...asked])).toEqual([
      calls,
      result('a', [text('The result is in the message that follows.')]),
      { role: 'user', name: 'ann', content: [label('a'), image('one'), text('And?')] },
      calls,
    ]);
    const [, , next] = place([calls, result('a', [image('one')]), { role: 'user', content: [image('two')] }]);
    expect(next?.content).toEqual([label('a'), image('one'), image('two')]);
  });

  it('are the next thing that is said, whichever role speaks then', () => {
    const spoken = { role: 'assistant', content: 'I see.' };
    expect(place([calls, result('a', [image('one')]), spoken])).toEqual([
      calls,
      result('a', [text('The result is in the message that follows.')]),
      { role: 'user', content: [label('a'), image('one')] },
      spoken,
    ]);
  });

  it('leave a conversation without them as it is, pictures of the user included', () => {
    const messages = chatCompletionRequest.parse({
      model: 'm',
      messages: [{ role: 'user', content: [image('one')] }, calls, result('a', [text('x')]), result('b', 'y')],
    }).messages;
    expect(withMediaAfterTools(messages)).toBe(messages);
  });

  it('change nothing of what the caller gave', () => {
    const messages = [calls, result('a', [text('x'), image('one')]), { role: 'user', content: 'And?' }];
    const { messages: parsed } = chatCompletionRequest.parse({ model: 'm', messages });
    const before = structuredClone(parsed);
    withMediaAfterTools(parsed);
    expect(parsed).toEqual(before);
  });
});
