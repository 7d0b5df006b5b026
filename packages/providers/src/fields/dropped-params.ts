/** Names of dropped fields end in a response header, so there is a bound to how many and how long. */
const droppedParamsMax = 32;
const paramName = /^[\w.-]{1,64}$/;

/** The fields of one request that a provider does not take, each named once. */
export class DroppedParams {
  readonly #names: string[] = [];

  note(name: string): void {
    const isNew = !this.#names.includes(name);
    if (isNew && this.#names.length < droppedParamsMax && paramName.test(name)) this.#names.push(name);
  }

  get names(): readonly string[] {
    return this.#names;
  }
}
