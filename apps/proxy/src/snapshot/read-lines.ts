/** Lines of UTF-8 text out of bytes as they come. Throws RangeError on a line longer than `bytesMax`. */
export async function* readLines(chunks: AsyncIterable<Buffer>, bytesMax: number): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      parts.push(chunk.subarray(start, end));
      yield Buffer.concat(parts).toString();
      parts = [];
      length = 0;
      start = end + 1;
    }
    length += chunk.length - start;
    if (length > bytesMax) throw new RangeError(`a line of more than ${bytesMax} bytes`);
    parts.push(chunk.subarray(start));
  }
}
