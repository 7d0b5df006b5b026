/** A connection was lost or did not open as a transaction began or ended. */
export class DriverError extends Error {
  override readonly name = 'DriverError';
}

interface DriverTransaction {
  executeRaw(query: unknown): Promise<unknown>;
}

interface Driver {
  startTransaction(isolationLevel?: unknown): Promise<DriverTransaction>;
}

/** Prisma's adapter as far as transactions need it. */
export interface DriverFactory {
  connect(): Promise<unknown>;
}

/**
 * Makes a lost connection a `DriverError` when a transaction begins, commits or executes a statement. Prisma marks such
 * an error of a single statement, and returns that of BEGIN and COMMIT without a mark: it then looks like an error of
 * the service. Errors that PostgreSQL sent have a class of their own, and stay as they are.
 */
export function markDriverErrors<Factory extends DriverFactory>(factory: Factory): Factory {
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const driver = (await connect()) as Driver;
    const start = driver.startTransaction.bind(driver);
    driver.startTransaction = async (isolationLevel) => {
      const transaction = await start(isolationLevel).catch(rethrowMarked);
      const execute = transaction.executeRaw.bind(transaction);
      transaction.executeRaw = (query) => execute(query).catch(rethrowMarked);
      return transaction;
    };
    return driver;
  };
  return factory;
}

function rethrowMarked(error: unknown): never {
  if (error instanceof Error && error.name === 'Error') throw new DriverError(error.message, { cause: error });
  throw error;
}
