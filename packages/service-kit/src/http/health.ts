/** Looks at one dependency; rejects with the reason where the service cannot work without it. */
export type ReadinessCheck = () => Promise<void>;

export interface HealthAnswer {
  status: 'ok' | 'unavailable';
  service: string;
  /** RFC 3339. */
  timestamp: string;
  checks: Record<string, 'ok' | 'unavailable'>;
  /** The same by the names of parts that earlier documents use; absent if a service has none. */
  services?: Record<string, 'ok' | 'unavailable'>;
}

const checkDeadlineMs = 2000;

/** Runs every check side by side, each with a deadline: a hung dependency is a dead one. */
export async function readHealth(
  service: string,
  checks: Readonly<Record<string, ReadinessCheck>>,
): Promise<HealthAnswer> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await passes(check)] as const),
  );
  const isOk = results.every(([, passed]) => passed);
  return {
    status: isOk ? 'ok' : 'unavailable',
    service,
    timestamp: new Date().toISOString(),
    checks: Object.fromEntries(results.map(([name, passed]) => [name, passed ? 'ok' : 'unavailable'])),
  };
}

async function passes(check: ReadinessCheck): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), checkDeadlineMs);
  });
  try {
    return await Promise.race([check().then(() => true), deadline]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
