import { type Transaction, transaction } from '@aggregator/contracts';
import { formatNanoUsd } from '@aggregator/pricing';

/** A statement line as the database keeps it. */
export interface StatementRow {
  id: string;
  time: Date;
  type: string;
  amount: bigint;
  requestId: string | null;
  description: string;
}

export function toTransaction(row: StatementRow): Transaction {
  return {
    id: row.id,
    time: row.time.toISOString(),
    type: transaction.shape.type.parse(row.type),
    amountNanoUsd: formatNanoUsd(row.amount),
    ...(row.requestId === null ? {} : { requestId: row.requestId }),
    description: row.description,
  };
}
