/** A request to `POST /v1/chat/completions`, as code that can be pasted and run. */
export interface SnippetRequest {
  /** With `/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export function toCurl({ baseUrl, apiKey, body }: SnippetRequest): string {
  const json = JSON.stringify(body, null, 2).replaceAll("'", `'"'"'`);
  return [
    `curl ${body.stream === true ? '-N ' : ''}${baseUrl}/chat/completions \\`,
    `  -H "Authorization: Bearer ${apiKey}" \\`,
    '  -H "Content-Type: application/json" \\',
    `  -d '${json}'`,
  ].join('\n');
}

export function toPython({ baseUrl, apiKey, body }: SnippetRequest): string {
  const lines = Object.entries(body).map(([name, value]) => `    ${name}=${toPythonValue(value, 4)},`);
  const read =
    body.stream === true
      ? [
          'for chunk in completion:',
          '    if chunk.choices:',
          '        print(chunk.choices[0].delta.content or "", end="", flush=True)',
        ]
      : ['print(completion.choices[0].message.content)'];
  return [
    '# pip install openai',
    'from openai import OpenAI',
    '',
    `client = OpenAI(base_url=${JSON.stringify(baseUrl)}, api_key=${JSON.stringify(apiKey)})`,
    'completion = client.chat.completions.create(',
    ...lines,
    ')',
    ...read,
  ].join('\n');
}

export function toJavaScript({ baseUrl, apiKey, body }: SnippetRequest): string {
  const read =
    body.stream === true
      ? [
          'for await (const chunk of completion) {',
          "  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');",
          '}',
        ]
      : ['console.log(completion.choices[0].message.content);'];
  return [
    '// npm install openai; save as request.mjs',
    "import OpenAI from 'openai';",
    '',
    `const client = new OpenAI({ baseURL: ${JSON.stringify(baseUrl)}, apiKey: ${JSON.stringify(apiKey)} });`,
    `const completion = await client.chat.completions.create(${JSON.stringify(body, null, 2)});`,
    ...read,
  ].join('\n');
}

function toPythonValue(value: unknown, indent: number): string {
  const inner = ' '.repeat(indent + 4);
  const outer = ' '.repeat(indent);
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((item) => `${inner}${toPythonValue(item, indent + 4)},\n`).join('')}${outer}]`;
  }
  if (typeof value === 'object' && value !== undefined) {
    const pairs = Object.entries(value ?? {});
    if (pairs.length === 0) return '{}';
    const rows = pairs.map(([name, item]) => `${inner}${JSON.stringify(name)}: ${toPythonValue(item, indent + 4)},\n`);
    return `{\n${rows.join('')}${outer}}`;
  }
  return JSON.stringify(value);
}
