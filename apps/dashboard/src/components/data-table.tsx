import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly key: string;
  /** Header of the column; in a narrow window it is shown before each value. */
  readonly name: string;
  /** True for numbers and amounts. */
  readonly isEnd?: boolean;
  /** True for the column that names the row. */
  readonly isHeader?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

/** A table that becomes a list of cards in a narrow window. */
export function DataTable<Row>({
  label,
  columns,
  rows,
  idOf,
  actions,
}: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  idOf: (row: Row) => string;
  /** Last column: its name, and what can be done with a row. */
  actions?: { name: string; cell: (row: Row) => ReactNode };
}) {
  return (
    <div className="table-frame">
      <table className="table" aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ key, name, isEnd }) => (
              <th key={key} scope="col" className={isEnd ? 'end' : undefined}>
                {name}
              </th>
            ))}
            {actions === undefined ? null : (
              <th scope="col" className="actions">
                <span className="hidden-visually">{actions.name}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={idOf(row)}>
              {columns.map((column) => (
                <Cell key={column.key} column={column} row={row} />
              ))}
              {actions === undefined ? null : <td className="actions">{actions.cell(row)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell<Row>({ column: { name, isEnd, isHeader, cell }, row }: { column: Column<Row>; row: Row }) {
  if (isHeader) return <th scope="row">{cell(row)}</th>;
  return (
    <td className={isEnd ? 'end' : undefined} data-label={name}>
      {/* One child, so that it stays together beside its label in a narrow window. */}
      <span>{cell(row)}</span>
    </td>
  );
}
