import { describe, expect, it } from '@jest/globals';
import { judgeAddresses } from './judge-addresses.ts';

const inside = 'http://127.0.0.1:8080/admin';
const judge = (part: Readonly<Record<string, unknown>>) => judgeAddresses(part, () => 'body');
const nest = (depth: number): object =>
  depth === 0 ? { type: 'string' } : { type: 'object', properties: { a: nest(depth - 1) } };

describe('judgeAddresses', () => {
  it.each([
    ['a schema of a tool that is nested deeply', { tools: [{ type: 'function', name: 'f', parameters: nest(20) }] }],
    ['a schema in a group of tools', { tools: [{ type: 'namespace', tools: [{ name: 'f', parameters: nest(20) }] }] }],
    ['a schema of a tool of Messages', { tools: [{ name: 'f', input_schema: nest(20) }] }],
    ['an argument with the name of an address', { tools: [{ name: 'f', input_schema: { default_url: inside } }] }],
    ['a text that begins with an address', { messages: [{ role: 'user', content: inside }] }],
    ['a result of a tool that begins with an address', { input: [{ type: 'function_call_output', output: inside }] }],
    ['a result of Messages', { messages: [{ content: [{ type: 'tool_result', content: inside }] }] }],
    ['arguments of a call', { input: [{ type: 'function_call', arguments: inside }] }],
    ['an address in a call of Messages', { messages: [{ content: [{ type: 'tool_use', input: { url: inside } }] }] }],
  ])('passes %s', (_name, part) => {
    expect(() => judge(part)).not.toThrow();
  });

  it.each([
    ['an image', { messages: [{ content: [{ type: 'image', source: { type: 'url', url: inside } }] }] }],
    ['a file of Responses', { input: [{ content: [{ type: 'input_file', file_url: inside }] }] }],
    ['a picture in a result', { input: [{ output: [{ type: 'input_image', image_url: inside }] }] }],
    ['an image in a result', { messages: [{ content: [{ content: [{ source: { url: inside } }] }] }] }],
    ['an address in the place of data', { messages: [{ content: [{ source: { data: inside } }] }] }],
    ['a server of tools', { tools: [{ type: 'mcp', server_url: inside }] }],
    ['a record that is nested too deeply', { tools: [{ type: 'mcp', options: nest(20) }] }],
  ])('rejects %s', (_name, part) => {
    expect(() => judge(part)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^invalid_(file|image)_url$/) }),
    );
  });
});
