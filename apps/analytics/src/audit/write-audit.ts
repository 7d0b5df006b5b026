export { type Actor, type AuditedChange, actorOf, installation, writeAudit } from '@aggregator/audit';
