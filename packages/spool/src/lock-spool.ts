import { AppError } from '@aggregator/contracts';
import { type DirectoryLock, lockDirectory } from '@aggregator/service-kit';

/** Makes this process the only one that writes to the spool. @throws AppError `conflict` if a live process holds it. */
export function lockSpool(directory: string): DirectoryLock {
  return lockDirectory(
    directory,
    (pid) => new AppError('conflict', { internal: `spool ${directory} is held by process ${pid ?? 'unknown'}` }),
  );
}
