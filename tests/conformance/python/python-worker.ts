import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const here = fileURLToPath(new URL('.', import.meta.url));
const answerLine = z.union([z.strictObject({ result: z.unknown() }), z.strictObject({ error: z.string() })]);
const stderrCharactersMax = 4_000;

/** A Python process that runs the cases of a framework, one after the other. Its environment is empty but for its path. */
export class PythonWorker {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;
  #stderr = '';

  /** `programs` is the folder of the interpreter that has the framework; `script` a file of this folder. */
  constructor(programs: string, script: string) {
    this.#child = spawn(join(programs, 'python'), [join(here, script)], {
      env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-stderrCharactersMax);
    });
    if (this.#child.stdout === null) throw new Error('the worker has no output');
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  /** @throws {Error} with the framework's error, or with what the process wrote before it ended. */
  async run(request: Readonly<Record<string, unknown>>): Promise<unknown> {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error(`the worker has ended: ${this.#stderr}`);
    const answer = answerLine.parse(JSON.parse(value));
    if ('error' in answer) throw new Error(answer.error);
    return answer.result;
  }

  close(): void {
    this.#lines.close();
    this.#child.kill('SIGKILL');
  }
}
