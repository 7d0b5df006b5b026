import { waitFor } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectKubernetes } from '../connection/connect-kubernetes.ts';
import type { EventRecorder, KubernetesConnection } from '../port.ts';
import { createManualClock, type FakeApiServer, type ManualClock, startFakeApiServer } from '../testing/index.ts';
import { createEventRecorder } from './create-event-recorder.ts';

const events = { group: '', version: 'v1', plural: 'events', kind: 'Event' };
const subject = { apiVersion: 'aggregator.dev/v1alpha1', kind: 'Provider', namespace: 'a', name: 'one', uid: 'u-1' };

describe('createEventRecorder', () => {
  let server: FakeApiServer;
  let connection: KubernetesConnection;
  let clock: ManualClock;
  let recorder: EventRecorder;
  let dropped: number;
  let errors: unknown[];

  beforeEach(async () => {
    server = await startFakeApiServer();
    connection = connectKubernetes({ kubeconfigPath: server.kubeconfigPath, callsPerSecond: 1000, callsBurst: 1000 });
    clock = createManualClock();
    dropped = 0;
    errors = [];
    recorder = createEventRecorder({
      connection,
      component: 'provider-operator',
      instance: 'pod-1',
      clock,
      onError: (error) => errors.push(error),
      onDropped: () => {
        dropped += 1;
      },
    });
  });
  afterEach(async () => {
    const closing = recorder.close();
    await clock.advance(3000);
    await closing;
    await connection.close();
    await server.close();
  });
  const there = (count: number) =>
    waitFor(() => server.objects.list(events).length === count, { describe: `${count} events` });

  it('reports what happened to which object', async () => {
    recorder.record(subject, 'Warning', 'SecretNotFound', 'there is no Secret "key"');
    await there(1);
    expect(server.objects.list(events)[0]).toMatchObject({
      metadata: { namespace: 'a', name: expect.stringMatching(/^one\.[0-9a-f]{16}$/) },
      involvedObject: subject,
      type: 'Warning',
      reason: 'SecretNotFound',
      message: 'there is no Secret "key"',
      reportingComponent: 'provider-operator',
      reportingInstance: 'pod-1',
      count: 1,
      firstTimestamp: expect.stringMatching(/:\d\dZ$/),
    });
  });

  it('counts a message that is repeated within five minutes, and records it again afterwards', async () => {
    recorder.record(subject, 'Normal', 'Ready', 'ready');
    await there(1);
    recorder.record(subject, 'Normal', 'Ready', 'ready');
    recorder.record(subject, 'Normal', 'Ready', 'ready');
    await waitFor(() => server.objects.list(events)[0]?.count === 3, { describe: 'a count of 3' });
    await clock.advance(300_000);
    recorder.record(subject, 'Normal', 'Ready', 'ready');
    await there(2);
  });

  it('keeps different messages, and different objects, apart', async () => {
    recorder.record(subject, 'Normal', 'Ready', 'ready');
    recorder.record(subject, 'Normal', 'Ready', 'ready again');
    recorder.record({ ...subject, uid: 'u-2' }, 'Normal', 'Ready', 'ready');
    await there(3);
  });

  it('puts events of what has no namespace into default', async () => {
    recorder.record({ ...subject, namespace: '' }, 'Normal', 'Ready', 'ready');
    await there(1);
    expect(server.objects.list(events)[0]?.metadata.namespace).toBe('default');
  });

  it('drops Events beyond its bound while the API server hangs, and does not block when it closes', async () => {
    server.fault({ instead: 'hang' });
    for (let at = 0; at < 1000; at += 1) recorder.record(subject, 'Normal', 'Ready', `ready ${at}`);
    expect(dropped).toBe(1000 - 256);
    const closing = recorder.close();
    await clock.advance(2000);
    await closing;
    recorder.record(subject, 'Normal', 'Ready', 'after the end');
    expect(server.calls.length).toBeLessThanOrEqual(1);
  });

  it('reports what could not be written, and continues', async () => {
    server.fault({ status: 403, times: 1 });
    recorder.record(subject, 'Normal', 'Ready', 'one');
    recorder.record(subject, 'Normal', 'Ready', 'two');
    await there(1);
    expect(errors).toHaveLength(1);
  });

  it('writes what is left before it closes', async () => {
    recorder.record(subject, 'Normal', 'Stopped', 'stopping');
    await recorder.close();
    expect(server.objects.list(events)).toHaveLength(1);
  });
});
