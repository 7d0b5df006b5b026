import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../tidy/source-files.ts';

const scope = '@aggregator';

/** A copy of the whole tree, in which the steps of a page are taken. */
export class TreeCopy {
  readonly folder: string;

  /** Copies what Git tracks, new files, and the generated clients. Packages of npm are linked. */
  constructor(name: string) {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), `${name}-`)));
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
    });
    const generated = readdirSync(join(root, 'apps')).map((app) => `apps/${app}/src/generated`);
    for (const path of [...listed.split('\0').filter(Boolean), ...generated]) {
      if (existsSync(join(root, path))) cpSync(join(root, path), join(this.folder, path), { recursive: true });
    }
    this.#linkPackages();
    this.#git('init', '-q');
    this.#git('add', '-A');
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /**
   * Takes a step of a page. `path` alone writes a new file. `path, after: line` puts the code after the only such line;
   * `before` and `replace` likewise.
   */
  take({ path, place, line, code }: Step): void {
    if (place === null) {
      if (existsSync(join(this.folder, path))) throw new Error(`${path} exists`);
      this.write(path, code);
      return;
    }
    const lines = this.read(path).split('\n');
    const found = lines.flatMap((text, index) => (text.trim() === line ? [index] : []));
    const [at] = found;
    if (at === undefined || found.length > 1) throw new Error(`${path} has ${found.length} times: ${line}`);
    lines.splice(place === 'after' ? at + 1 : at, place === 'replace' ? 1 : 0, ...code.trimEnd().split('\n'));
    this.write(path, lines.join('\n'));
  }

  /** Runs Node in the copy. Returns its exit code and all that it wrote. */
  run(args: readonly string[]): { code: number | null; output: string } {
    const env = { ...process.env, NODE_OPTIONS: '', npm_config_offline: 'true' };
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      ...{ cwd: this.folder, encoding: 'utf8', env, maxBuffer: 64 * 1024 * 1024 },
    });
    return { code: status, output: `${stdout}${stderr}` };
  }

  /** Runs a script of package.json, which consists of `node` commands. */
  runScript(name: string): { code: number | null; output: string } {
    const text: string = JSON.parse(this.read('package.json')).scripts[name] ?? '';
    let output = '';
    for (const command of text.split(' && ')) {
      const [program, ...words] = command.split(' ');
      const nested = /^npm run (?:--silent )?(\S+)$/.exec(command)?.[1];
      const args = program === 'node' ? words : ['node_modules/typescript/bin/tsc', ...words];
      const ran = nested === undefined ? this.run(args) : this.runScript(nested);
      output += ran.output;
      if (ran.code !== 0) return { code: ran.code, output };
    }
    return { code: 0, output };
  }

  /** Files that differ from the tree, sorted. */
  changedFiles(): string[] {
    return this.#git('status', '--porcelain', '-uall')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('A  '))
      .map((line) => line.slice(3))
      .sort();
  }

  #git(...args: string[]): string {
    return execFileSync('git', ['-c', 'core.quotePath=false', ...args], { cwd: this.folder, encoding: 'utf8' });
  }

  #linkPackages(): void {
    const modules = join(this.folder, 'node_modules');
    mkdirSync(join(modules, scope), { recursive: true });
    for (const name of readdirSync(join(root, 'node_modules'))) {
      if (name !== scope && name !== '.cache') symlinkSync(join(root, 'node_modules', name), join(modules, name));
    }
    for (const name of readdirSync(join(root, 'node_modules', scope))) {
      symlinkSync(readlinkSync(join(root, 'node_modules', scope, name)), join(modules, scope, name));
    }
  }
}

/** A block of code that a page prints, with the file that it belongs to. */
export interface Step {
  readonly path: string;
  /** Null: the code is a new file. */
  readonly place: 'before' | 'after' | 'replace' | null;
  /** Without the space around it. */
  readonly line: string;
  readonly code: string;
}

/** The steps of a page, or of one of its sections, in order. */
export function readSteps(page: string, section?: string): Step[] {
  const whole = readFileSync(join(root, page), 'utf8');
  const text = section === undefined ? whole : (whole.split(/^## /m).find((part) => part.startsWith(section)) ?? '');
  return [...text.matchAll(/<!-- step: (\S+?)(?:, (before|after|replace): (.+?))? -->\n```\w+\n([\s\S]*?)```/g)].map(
    ([, path = '', place, line = '', code = '']) => ({ path, place: (place ?? null) as Step['place'], line, code }),
  );
}
