import { describe, expect, it } from '@jest/globals';
import { toCurl, toJavaScript, toPython } from './snippets.ts';

const request = {
  baseUrl: 'https://ai.example/v1',
  apiKey: 'agk_live_x',
  body: { model: 'mock-small', stream: true, messages: [{ role: 'user', content: 'It\'s "fine"\n' }], stop: null },
};

describe('the code of a request', () => {
  it('is curl that a shell reads as the same JSON', () => {
    const json = /-d '([\s\S]*)'$/.exec(toCurl(request))?.[1]?.replaceAll(`'"'"'`, "'");

    expect(JSON.parse(json ?? '')).toEqual(request.body);
    expect(toCurl(request)).toContain('curl -N https://ai.example/v1/chat/completions');
  });

  it('is Python with the values of Python', () => {
    expect(toPython(request)).toContain('    stream=True,\n    messages=[\n        {\n            "role": "user",');
    expect(toPython(request)).toContain('    stop=None,\n)');
  });

  it('is JavaScript with the body as it is', () => {
    const body = /completions\.create\(([\s\S]*?)\);\n/.exec(toJavaScript(request))?.[1];

    expect(JSON.parse(body ?? '')).toEqual(request.body);
  });
});
