import { type SpawnOptions, spawnSync } from 'node:child_process';
import { chownSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PROBE_TIMEOUT_MS = 5_000;
const USER_NAMESPACE = ['unshare', '--map-user=1000', '--map-group=1000'] as const;

/** The user that starts the server's programs, which refuse to run as root. */
export interface RunAs {
  /** The command line that runs `program` with the privileges chosen. */
  command(program: string, parameters: readonly string[]): { file: string; parameters: string[] };
  spawnOptions: Pick<SpawnOptions, 'uid' | 'gid'>;
  /** Makes a file or folder that this process wrote belong to the server's user. */
  own(path: string): void;
}

const direct: RunAs['command'] = (program, parameters) => ({ file: program, parameters: [...parameters] });

/**
 * Chooses the user that the server runs as. An ordinary user runs it as that same user. Root runs it as the owner of
 * the data when that is another user; then in a user namespace, where root's files stay root's and nothing needs an
 * account; and if namespaces are forbidden, as an unprivileged account of this machine, to which the data are given.
 * @throws Error when root finds no way, with what to do about it.
 */
export function chooseRunAs(program: string, directory: string, dataDirectory: string): RunAs {
  if (process.getuid?.() !== 0) return { command: direct, spawnOptions: {}, own: () => undefined };
  const owner = lstatSync(dataDirectory, { throwIfNoEntry: false });
  if ((owner === undefined || owner.uid === 0) && canUseNamespace(program)) {
    const [file, ...options] = USER_NAMESPACE;
    return {
      command: (inner, parameters) => ({ file, parameters: [...options, inner, ...parameters] }),
      spawnOptions: {},
      own: () => undefined,
    };
  }
  const account = owner !== undefined && owner.uid !== 0 ? owner : findAccount();
  const own = (path: string) => chownTree(path, account.uid, account.gid);
  own(directory);
  checkReach(account, program, directory);
  return { command: direct, spawnOptions: { uid: account.uid, gid: account.gid }, own };
}

function canUseNamespace(program: string): boolean {
  const [file, ...options] = USER_NAMESPACE;
  const probe = spawnSync(file, [...options, program, '--version'], { stdio: 'ignore', timeout: PROBE_TIMEOUT_MS });
  return probe.status === 0;
}

function findAccount(): { uid: number; gid: number } {
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = accounts.find((fields) => fields[0] === name) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    'PostgreSQL does not run as root, and /etc/passwd has neither "postgres" nor "nobody". Start as an ordinary user.',
  );
}

function checkReach(account: { uid: number; gid: number }, program: string, directory: string): void {
  const reaches = (test: string, path: string) =>
    spawnSync('/bin/sh', ['-c', `test ${test} "$0"`, path], { ...account, cwd: '/', timeout: PROBE_TIMEOUT_MS })
      .status === 0;
  const unreachable = [
    ...(reaches('-x', program) ? [] : [dirname(program)]),
    ...(reaches('-w', directory) ? [] : [directory]),
  ];
  if (unreachable.length === 0) return;
  throw new Error(
    `PostgreSQL does not run as root, and the user with id ${account.uid} cannot reach ${unreachable.join(' and ')}. ` +
      'Start as an ordinary user, or keep these outside of private folders such as /root.',
  );
}

function chownTree(path: string, uid: number, gid: number): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isSymbolicLink()) return;
  if (found.uid !== uid) chownSync(path, uid, gid);
  if (found.isDirectory()) for (const name of readdirSync(path)) chownTree(join(path, name), uid, gid);
}
