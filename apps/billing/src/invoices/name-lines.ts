import type { MonthStatement, StatementBy } from '@aggregator/contracts';
import type { NameDirectory } from '@aggregator/service-kit';

const named: ReadonlySet<StatementBy> = new Set(['user', 'key', 'team']);

/** Returns the statement with the names of its users, API keys or teams. */
export async function nameLines(names: NameDirectory, statement: MonthStatement): Promise<MonthStatement> {
  if (!named.has(statement.by)) return statement;
  const ids = statement.lines.flatMap(({ subjectId }) => subjectId ?? []);
  const nameOf = await names.find(statement.organizationId, ids);
  const lines = statement.lines.map((line) => {
    const name = line.subjectId === null ? undefined : nameOf(line.subjectId);
    return name === undefined ? line : { ...line, name };
  });
  return { ...statement, lines };
}
