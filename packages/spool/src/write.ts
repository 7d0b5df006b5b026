/** `fs.writeSync`, as far as it is used: returns the number of bytes written. */
export type WriteBytes = (fd: number, bytes: Buffer, offset: number, length: number) => number;

/** Writes all of `bytes`; on an error some of them may be in the file. */
export function writeFully(write: WriteBytes, fd: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) {
    const count = write(fd, bytes, written, bytes.length - written);
    if (count === 0) throw new Error('the file takes no more bytes');
    written += count;
  }
}
