export { type Received, type Receiver, startReceiver } from './http/start-receiver.ts';
export { type ChildProgram, findFreePort, startProgram } from './kubernetes/child-program.ts';
export { type ControlPlane, startControlPlane } from './kubernetes/start-control-plane.ts';
export { type OtlpSink, type ReceivedSpan, startOtlpSink } from './otlp/start-otlp-sink.ts';
export { createServiceDatabases, type ServiceDatabases } from './postgres/create-service-databases.ts';
export {
  createTestDatabase,
  type DatabaseService,
  type TestDatabase,
  type TestDatabaseContent,
} from './postgres/create-test-database.ts';
export { findUncoveredTables } from './postgres/find-uncovered-tables.ts';
export { type Pooler, startPooler } from './postgres/start-pooler.ts';
export { startTestPostgres, type TestPostgres } from './postgres/start-test-postgres.ts';
export { type Mailbox, type ReceivedMail, startMailbox } from './smtp/start-mailbox.ts';
export { createFakeClock, type FakeClock } from './time/fake-clock.ts';
export { type WaitOptions, waitFor } from './time/wait-for.ts';
export { type CertificateName, certificatePath, readCertificate } from './tls/read-certificate.ts';
