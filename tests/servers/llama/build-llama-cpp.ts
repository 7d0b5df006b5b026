import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** The source distribution has the source of llama.cpp of its day. */
const source = 'llama_cpp_python-0.3.36';
const downloadTimeoutMs = 600_000;
const outputBytesMax = 2 ** 26;
/** For any processor, without what else a machine may have or not. */
const options = ['GGML_NATIVE=OFF', 'GGML_OPENMP=OFF', 'LLAMA_CURL=OFF', 'LLAMA_OPENSSL=OFF', 'LLAMA_BUILD_UI=OFF'];

/** The targets of its build, each with the file that it makes. */
const targets = { llama: 'libllama.so', 'llama-server': 'llama-server' } as const;

export interface LlamaCpp {
  /** The folder of its programs and shared libraries. */
  readonly programs: string;
  /** The folder of llama-cpp-python's source. */
  readonly source: string;
}

/**
 * llama.cpp's libraries, or its server too, compiled once by cmake and ninja. Both are
 * kept in `LLAMA_CPP_CACHE`, or else in the user's folder of caches. One run at a time may compile.
 */
export async function buildLlamaCpp(target: keyof typeof targets): Promise<LlamaCpp> {
  const caches = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = process.env.LLAMA_CPP_CACHE ?? join(caches, 'ai-aggregator', 'llama-cpp');
  const sourceFolder = join(folder, source);
  const build = join(folder, 'build');
  const programs = join(build, 'bin');
  if (!existsSync(sourceFolder)) await download(folder);
  if (!existsSync(join(programs, targets[target]))) {
    await compile(join(sourceFolder, 'vendor', 'llama.cpp'), build, target);
  }
  return { programs, source: sourceFolder };
}

async function download(folder: string): Promise<void> {
  const unfinished = join(folder, 'unfinished');
  await mkdir(unfinished, { recursive: true });
  const wanted = source.replace('-', '==');
  const asSource = ['--no-deps', '--no-binary', ':all:', '--dest', folder];
  await run('python3', ['-m', 'pip', 'download', '--quiet', ...asSource, wanted], { timeout: downloadTimeoutMs });
  await run('tar', ['xzf', join(folder, `${source}.tar.gz`), '-C', unfinished]);
  await rename(join(unfinished, source), join(folder, source));
}

async function compile(from: string, to: string, target: string): Promise<void> {
  const settings = ['CMAKE_BUILD_TYPE=Release', 'BUILD_SHARED_LIBS=ON', ...options].map((each) => `-D${each}`);
  await run('cmake', ['-G', 'Ninja', '-S', from, '-B', to, ...settings], { maxBuffer: outputBytesMax });
  await run('nice', ['ninja', '-C', to, target], { maxBuffer: outputBytesMax });
}
