export { type Actor, actorOf, installation } from './actor.ts';
export { type AuditedChange, type AuditTransaction, writeAudit } from './write-audit.ts';
