import type { WebhookEvent } from '@aggregator/contracts';
import type { Actor, AuditedChange } from '../audit/audited-change.ts';

/** Returns the event of an audited change; null if there is none. It names ids and no personal data, as the audit does. */
export function toEvent(actor: Actor, change: AuditedChange): Pick<WebhookEvent, 'type' | 'data'> | null {
  const { organizationId, subjectId, details = {} } = change;
  const by = { organizationId, actorUserId: actor.userId, actorKeyId: actor.keyId };
  switch (change.action) {
    case 'api_key_created':
      return { type: 'key.created', data: { ...by, keyId: subjectId } };
    case 'api_key_revoked':
      return { type: 'key.revoked', data: { ...by, keyId: subjectId } };
    case 'api_key_rotated': {
      const { replacedBy, overlapSeconds } = details;
      const further = { replacedBy: String(replacedBy), overlapSeconds: Number(overlapSeconds) };
      return { type: 'key.rotated', data: { ...by, keyId: subjectId, ...further } };
    }
    case 'member_removed':
    case 'member_left': {
      const reason = change.action === 'member_left' ? 'left' : 'removed';
      return { type: 'member.removed', data: { ...by, userId: subjectId, reason } };
    }
    case 'security_event': {
      const { type, severity } = details;
      const about = { subjectType: change.subjectType, subjectId, event: String(type), severity: String(severity) };
      return { type: 'security.event', data: { organizationId, ...about } };
    }
    default:
      return null;
  }
}
