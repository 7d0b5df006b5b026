/**
 * What the batch script answers: for each operation a list of integers, which the client hands over as texts. Read by hand,
 * since every request pays for it twice.
 * @throws {TypeError} for anything else: no outcome may be guessed from a reply that is not understood.
 */
export function readAnswers(reply: unknown): number[][] {
  if (!Array.isArray(reply)) throw new TypeError('no list of answers');
  return reply.map((answer) => {
    if (!Array.isArray(answer)) throw new TypeError('an answer that is no list');
    return answer.map(toInteger);
  });
}

function toInteger(value: unknown): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new TypeError(`${String(value).slice(0, 40)} is no integer`);
  return number;
}
