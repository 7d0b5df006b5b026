import { type Receiver, startReceiver } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createReportReader } from './read-reports.ts';

const metrics = [
  'process_start_time_seconds{service="proxy"} 1000',
  'faults_total{service="proxy",kind="a"} 3',
  'other_total{service="proxy"} 4',
].join('\n');

describe('the reader of reports', () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver();
  });
  afterEach(() => receiver.stop());

  const answer = (status: number, readyStatus: number) => {
    receiver.answer = (response, { path }) =>
      void response.writeHead(path === '/metrics' ? status : readyStatus).end(path === '/metrics' ? metrics : '{}');
  };
  async function read(urls: readonly string[]) {
    const reader = createReportReader(urls, (name) => name === 'faults_total');
    try {
      return await reader.read();
    } finally {
      await reader.close();
    }
  }

  it('returns the wanted figures of a process that answers, and its service as up', async () => {
    answer(200, 200);
    const { reports, servicesUp } = await read([receiver.url]);

    expect([...servicesUp]).toEqual(['proxy']);
    expect(reports).toMatchObject([{ target: new URL(receiver.url).host, startedAtMs: 1_000_000 }]);
    expect(reports[0]?.samples.map(({ name }) => name)).toEqual(['process_start_time_seconds', 'faults_total']);
  });

  it('keeps the figures of a process that is not ready, and does not count its service as up', async () => {
    answer(200, 503);
    const { reports, servicesUp } = await read([receiver.url]);

    expect([reports.length, [...servicesUp]]).toEqual([1, []]);
  });

  it('returns nothing of a process without metrics, of a refused connection, or of an unknown name', async () => {
    answer(503, 200);
    const urls = [receiver.url, 'http://127.0.0.1:1', 'http://aggregator-metrics.invalid:9090'];

    expect(await read(urls)).toEqual({ reports: [], servicesUp: new Set() });
  });

  it('asks every address behind a name, each once', async () => {
    answer(200, 200);
    const { port } = new URL(receiver.url);
    const { reports } = await read([`http://localhost:${port}`, `http://127.0.0.1:${port}`]);

    expect(reports.map(({ target }) => target)).toEqual([`127.0.0.1:${port}`]);
  });
});
