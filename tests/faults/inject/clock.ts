/** The wall clock of the process, moved; `performance.now` and timers stay. */
let offsetMs = 0;

globalThis.Date = new Proxy(Date, {
  construct: (target, words, newTarget) =>
    Reflect.construct(target, words.length === 0 ? [target.now() + offsetMs] : words, newTarget),
  get: (target, name, receiver) =>
    name === 'now' ? () => target.now() + offsetMs : Reflect.get(target, name, receiver),
});

export function setClockOffset(nextMs: number): void {
  offsetMs = nextMs;
}
