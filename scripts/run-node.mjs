import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The Node.js that came with the packages: it runs TypeScript directly, even if the machine's own cannot. */
export const bundledNode = () =>
  join(ROOT, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** One Ctrl-C arrives several times: from the terminal, and from npm, which passes on what it gets. */
const SAME_SIGNAL_MS = 1_000;
const PARENT_CHECK_MS = 500;

/**
 * Runs a program of this repository to its end and answers the exit code. Signals reach it once each; only a person who
 * asks again gets a second one through. `ownGroup` keeps the terminal's Ctrl-C away from it, so that ours is the only one.
 */
export function runNode(parameters, { ownGroup = false, environment = {} } = {}) {
  const child = spawn(bundledNode(), parameters, {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
    detached: ownGroup && process.platform !== 'win32',
  });
  let passedOnAt = Number.NEGATIVE_INFINITY;
  const passOn = (signal) => {
    if (performance.now() - passedOnAt < SAME_SIGNAL_MS) return;
    passedOnAt = performance.now();
    child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  };
  for (const signal of SIGNALS) process.on(signal, passOn);
  const timer = npmEnded(() => passOn('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearInterval(timer);
      for (const name of SIGNALS) process.off(name, passOn);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/** npm passes a SIGTERM on to its shell, and not every shell to us: that our parent is gone is all that we see of it. */
function npmEnded(listener) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    listener();
  }, PARENT_CHECK_MS);
  return timer;
}
