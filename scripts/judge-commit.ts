const subjectMax = 72;
const form = /^(feat|fix|perf|refactor|test|docs|build|ci)(\([a-z0-9,-]+\))?: [^A-Z\s].*[^.]$/;

/**
 * What is wrong with a commit's message; empty if nothing is.
 * @param message The whole message.
 */
export function judgeCommit(message: string): string[] {
  const [subject = '', ...body] = message.trim().split('\n');
  const text = body.join('\n');
  return [
    ...(subject.length > subjectMax ? [`the subject has ${subject.length} characters, at most ${subjectMax}`] : []),
    ...(form.test(subject) ? [] : [`the subject is no 'type(scope): imperative': ${subject}`]),
    ...['Before', 'Now', 'Seen']
      .filter((word) => !text.includes(`\n${word}:`))
      .map((word) => `the body has no '${word}:'`),
  ];
}
