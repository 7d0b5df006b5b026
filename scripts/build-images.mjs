/**
 * Builds the image of every app, or of those named: `npm run images -- --tag dev [app …]`.
 * `IMAGE_BUILDER` is the command that builds one; it is given NAME:TAG, `--build-arg APP=<app>` and the folder. Unset, it is
 * `docker build -t`. `IMAGE_REGISTRY` comes before each name.
 */
import { spawnSync } from 'node:child_process';
import { listApps } from './list-apps.mjs';
import { ROOT } from './run-node.mjs';

function main() {
  const words = process.argv.slice(2);
  const tagAt = words.indexOf('--tag');
  const tag = tagAt === -1 ? 'dev' : words[tagAt + 1];
  const named = words.filter((_word, index) => tagAt === -1 || (index !== tagAt && index !== tagAt + 1));
  const all = listApps();
  const unknown = named.filter((name) => !all.includes(name));
  if (!tag || unknown.length > 0) {
    process.stderr.write(`usage: npm run images -- [--tag TAG] [${all.join('|')} …]\n`);
    process.exit(2);
  }
  const [command, ...options] = (process.env.IMAGE_BUILDER || 'docker build -t').split(' ').filter(Boolean);
  const registry = process.env.IMAGE_REGISTRY ? `${process.env.IMAGE_REGISTRY.replace(/\/+$/, '')}/` : '';
  for (const app of named.length > 0 ? named : all) {
    const name = `${registry}aggregator/${app}:${tag}`;
    process.stdout.write(`${name}\n`);
    const { status, error } = spawnSync(command, [...options, name, '--build-arg', `APP=${app}`, ROOT], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (error !== undefined || status !== 0) {
      process.stderr.write(`${name} could not be built${error === undefined ? '' : `: ${error.message}`}\n`);
      process.exit(1);
    }
  }
}

main();
