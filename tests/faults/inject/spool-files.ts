import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { passFile } from './crash.ts';

/** Files of the spool, whose folder is `SPOOL_DIRECTORY`: a full disk and crash points at their writes. */
const folder = process.env.SPOOL_DIRECTORY ?? '';
const opened = new Set<number>();
let isFull = false;

const { openSync, writeSync, fdatasync, closeSync, close } = fs;

fs.openSync = (path, ...words) => {
  const fd = openSync(path, ...words);
  if (folder !== '' && String(path).startsWith(folder)) opened.add(fd);
  return fd;
};
fs.closeSync = (fd) => {
  opened.delete(fd);
  closeSync(fd);
};
fs.close = Object.assign((fd: number, done?: fs.NoParamCallback) => {
  opened.delete(fd);
  close(fd, done);
}, close);
fs.writeSync = (fd: number, ...words: unknown[]): number => {
  if (!opened.has(fd)) return Reflect.apply(writeSync, fs, [fd, ...words]);
  if (isFull) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', errno: -28 });
  passFile('intent', 'before');
  const written: number = Reflect.apply(writeSync, fs, [fd, ...words]);
  passFile('intent', 'after');
  return written;
};
fs.fdatasync = Object.assign((fd: number, done: fs.NoParamCallback) => {
  passFile('flush', 'before');
  fdatasync(fd, (error) => {
    passFile('flush', 'after');
    done(error);
  });
}, fdatasync);
syncBuiltinESMExports();

export function setDiskFull(next: boolean): void {
  isFull = next;
}
