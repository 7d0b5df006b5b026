import { type MemberRole, memberRole, type SsoMapping } from '@aggregator/contracts';

/** What the mapping gives a person. */
export interface Grant {
  /** The most powerful role of the rules that fit; null if none gives a role. */
  readonly role: MemberRole | null;
  readonly teamIds: ReadonlySet<string>;
  /** Every team that a rule names: a person is in those of `teamIds` and in no other one of these. */
  readonly mappedTeamIds: ReadonlySet<string>;
}

export function toGrant({ rules }: SsoMapping, values: readonly string[]): Grant {
  const held = new Set(values);
  const fitting = rules.filter(({ value }) => held.has(value));
  const roles = new Set<MemberRole | undefined>(fitting.map(({ role }) => role));
  const teamsOf = (list: SsoMapping['rules']) => new Set(list.flatMap(({ teamId }) => teamId ?? []));
  return {
    role: memberRole.options.find((role) => roles.has(role)) ?? null,
    teamIds: teamsOf(fitting),
    mappedTeamIds: teamsOf(rules),
  };
}
