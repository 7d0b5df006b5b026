/** Detects, fragment by fragment, the end of a JSON object. It does not validate the object. */
export class JsonScan {
  isComplete = false;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  push(text: string): void {
    for (let at = 0; at < text.length && !this.isComplete; at += 1) this.#step(text.charCodeAt(at));
  }

  #step(code: number): void {
    if (this.#isEscaped) {
      this.#isEscaped = false;
    } else if (this.#isInString) {
      if (code === backslash) this.#isEscaped = true;
      else if (code === quote) this.#isInString = false;
    } else if (code === quote) {
      this.#isInString = true;
    } else if (code === openBrace || code === openBracket) {
      this.#depth += 1;
    } else if (code === closeBrace || code === closeBracket) {
      this.#depth -= 1;
      this.isComplete = this.#depth === 0;
    }
  }
}

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
