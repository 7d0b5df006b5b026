import type { Member } from '@aggregator/contracts';
import type { Prisma } from '../generated/prisma/client.ts';

type MemberRow = Prisma.MembershipGetPayload<{ include: { user: true } }>;

export function toMember({ user, role, createdAt }: MemberRow): Member {
  return {
    userId: user.id,
    name: user.name,
    email: user.email,
    role,
    isServiceAccount: user.isServiceAccount,
    blockedAt: user.blockedAt?.toISOString() ?? null,
    joinedAt: createdAt.toISOString(),
  };
}
