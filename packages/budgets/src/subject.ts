/** Returns the name under which the counter store keeps a budget in one of its periods. */
export function nameSubject({ budgetId, period }: { budgetId: string; period: string }): string {
  return `${budgetId}:${period}`;
}

/** Returns the parts of a name that `nameSubject` made. */
export function splitSubject(subject: string): [budgetId: string, period: string] {
  const colon = subject.indexOf(':');
  return [subject.slice(0, colon), subject.slice(colon + 1)];
}
