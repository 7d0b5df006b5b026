import { createdScimToken } from '@aggregator/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Account, type Answer, type AuthHarness, startAuth } from '../testing/start-auth.ts';

interface Resource {
  id: string;
  userName: string;
  displayName: string;
  active: boolean;
  members?: { value: string }[];
  emails?: { value: string }[];
}

const patchOf = (...Operations: object[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
});

describe('SCIM', () => {
  let auth: AuthHarness;
  let owner: Account;
  let session: Account['principal'];
  let token: string;
  let tokenId: string;
  beforeAll(async () => {
    auth = await startAuth({ LOGIN_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '10000' });
    owner = await auth.createAccount();
    session = { ...owner.principal, sessionId: crypto.randomUUID() };
    const operator = await auth.createAccount('operator');
    const provider = {
      ...{ label: 'Acme', issuer: 'https://id.acme.com', clientId: 'x', domains: ['acme.com'] },
      organizationId: owner.principal.orgId,
    };
    await auth.call('PUT', '/v1/auth/sso-providers/acme', { as: operator.principal, body: provider });
  });
  beforeEach(async () => {
    ({ token, id: tokenId } = await createToken(session));
  });
  afterAll(() => auth.stop());

  async function createToken(as: Account['principal'], body: object = {}) {
    await auth.database.scimToken.deleteMany({ where: { organizationId: as.orgId } });
    const path = '/v1/auth/organization/scim-tokens';
    return createdScimToken.parse((await auth.call('POST', path, { as, body: { name: 'idp', ...body } })).body);
  }

  const scim = (method: string, path: string, body?: unknown, credential: string | null = token): Promise<Answer> =>
    auth.call(method, `/scim/v2${path}`, {
      as: 'api-gateway',
      ...(body !== undefined && { body }),
      headers: credential === null ? {} : { authorization: `Bearer ${credential}` },
    });

  async function create(local: string, more: object = {}): Promise<Resource> {
    const answer = await scim('POST', '/Users', { userName: `${local}@acme.com`, displayName: local, ...more });
    expect({ local, status: answer.status, body: answer.body }).toMatchObject({ status: 201 });
    return answer.body as Resource;
  }

  const patch = async (id: string, ...operations: object[]) =>
    (await scim('PATCH', `/Users/${id}`, patchOf(...operations))).body as Resource;
  const find = async (filter: string, kind = 'Users') => {
    const { body } = await scim('GET', `/${kind}?filter=${encodeURIComponent(filter)}`);
    return body as { totalResults: number; Resources: Resource[] };
  };
  const membershipOf = (userId: string) =>
    auth.database.membership.findFirst({ where: { userId, organizationId: owner.principal.orgId } });

  describe('the service', () => {
    it('describes itself in the forms of RFC 7643', async () => {
      expect((await scim('GET', '/ServiceProviderConfig')).body).toMatchObject({ patch: { supported: true } });
      expect((await scim('GET', '/ResourceTypes')).body).toMatchObject({ totalResults: 2 });
      expect((await scim('GET', '/ResourceTypes/User')).body).toMatchObject({ endpoint: '/Users' });
      expect((await scim('GET', '/Schemas')).body).toMatchObject({ totalResults: 2 });
      const { body, headers } = await scim('GET', '/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group');
      expect(body).toMatchObject({ name: 'Group' });
      expect(headers.get('content-type')).toMatch(/^application\/scim\+json/);
    });

    it('returns errors in the form of RFC 7644', async () => {
      const { status, body, headers } = await scim('GET', `/Users/${crypto.randomUUID()}`);

      expect({ status, body }).toEqual({
        status: 404,
        body: {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
          ...{ status: '404', detail: expect.any(String) },
        },
      });
      expect(headers.get('content-type')).toBe('application/scim+json');
      expect((await scim('GET', '/Nothing')).body).toMatchObject({ status: '404' });
      expect((await scim('GET', '/Users?filter=a%20co%20%22b%22')).body).toMatchObject({ scimType: 'invalidFilter' });
      expect((await scim('POST', '/Users', {})).body).toMatchObject({ status: '400', scimType: 'invalidValue' });
    });
  });

  describe('a token', () => {
    it.each([
      ['none', () => null],
      ['an invented one', () => 'ags_invented'],
      ['an API key', async () => (await auth.createKey(owner.principal)).key],
      ['an access token', async () => (await auth.logIn(owner)).accessToken],
    ])('lets nothing in: %s (I17)', async (_what, make) => {
      const credential = await make();
      for (const [method, path] of [
        ['GET', '/Users'],
        ['POST', '/Groups'],
        ['GET', '/Schemas'],
      ] as const) {
        expect((await scim(method, path, undefined, credential)).status).toBe(401);
      }
    });

    it('is stored as a hash, listed without its text, and useless once it is revoked', async () => {
      const path = '/v1/auth/organization/scim-tokens';
      const [row] = await auth.database.scimToken.findMany({ where: { id: tokenId } });
      expect(Buffer.from(row?.tokenHmac ?? []).toString('latin1')).not.toContain(token);
      expect((await auth.call('GET', path, { as: session })).text).not.toContain(token);
      expect((await scim('GET', '/Users')).status).toBe(200);

      expect((await auth.call('DELETE', `${path}/${tokenId}`, { as: session })).status).toBe(204);
      expect((await scim('GET', '/Users')).status).toBe(401);
    });

    it('reaches nothing of another organisation (I17)', async () => {
      const { id } = await create('ours');
      const group = (await scim('POST', '/Groups', { displayName: 'Ours' })).body as Resource;
      const other = await auth.createAccount();
      const foreign = await createToken({ ...other.principal, sessionId: crypto.randomUUID() });
      for (const [method, path] of [
        ...(['GET', 'PUT', 'PATCH', 'DELETE'] as const).map((verb) => [verb, `/Users/${id}`] as const),
        ...(['GET', 'PUT', 'PATCH', 'DELETE'] as const).map((verb) => [verb, `/Groups/${group.id}`] as const),
      ]) {
        const body = { userName: 'x', displayName: 'x', Operations: [{ op: 'add', value: {} }] };
        const answer = await scim(
          method,
          path,
          method === 'GET' || method === 'DELETE' ? undefined : body,
          foreign.token,
        );
        expect({ method, path, status: answer.status }).toEqual({ method, path, status: 404 });
      }
      const list = (await scim('GET', '/Users', undefined, foreign.token)).body as { Resources: Resource[] };
      expect(list.Resources.map((user) => user.id)).toEqual([other.principal.userId]);
      const theirs = await scim('POST', '/Users', { userName: 'any@acme.com' }, foreign.token);
      expect(theirs.body).toMatchObject({ status: '400' });
    });

    it('lets no blocked organisation in', async () => {
      const where = { where: { id: owner.principal.orgId } };
      await auth.database.organization.update({ ...where, data: { blockedAt: new Date() } });
      expect((await scim('GET', '/Users')).status).toBe(403);
      await auth.database.organization.update({ ...where, data: { blockedAt: null } });
    });
  });

  describe('a user', () => {
    it('is created as a member, with an audit entry that names the token', async () => {
      const user = await create('ann', { externalId: 'e1', name: { givenName: 'Ann', familyName: 'Lee' } });

      expect(user).toMatchObject({
        userName: 'ann@acme.com',
        active: true,
        externalId: 'e1',
        name: { givenName: 'Ann' },
      });
      expect(await membershipOf(user.id)).toMatchObject({ role: 'developer' });
      const entry = await auth.database.auditEntry.findFirst({
        where: { subjectId: user.id, action: 'member_joined' },
      });
      expect(entry).toMatchObject({ actorPeer: `scim:${tokenId}`, actorUserId: null });
      expect((await scim('POST', '/Users', { userName: 'Ann@acme.com' })).body).toMatchObject({
        ...{ status: '409', scimType: 'uniqueness' },
      });
    });

    it.each([
      ['an address of another domain', { userName: 'x@example.com' }],
      ['a name that is no address', { userName: 'x' }],
    ])('is not created with %s', async (_what, body) => {
      expect((await scim('POST', '/Users', body)).body).toMatchObject({ status: '400', scimType: 'invalidValue' });
    });

    it('is found by its name, address and external id, in any case of the name', async () => {
      const { id } = await create('finn', { userName: 'Finn@acme.com', externalId: 'E-2' });
      for (const filter of [
        'userName eq "FINN@acme.com"',
        'externalId eq "E-2"',
        'emails[type eq "work"].value eq "finn@acme.com"',
        `id eq "${id}"`,
      ]) {
        expect(await find(filter)).toMatchObject({ totalResults: 1, Resources: [{ id }] });
      }
      expect(await find('userName eq "n_body@acme.com"')).toMatchObject({ totalResults: 0 });
      expect(await find(`userName eq "${owner.email}"`)).toMatchObject({ Resources: [{ id: owner.principal.userId }] });
    });

    it('is listed in pages that have every user once', async () => {
      for (const local of ['p1', 'p2', 'p3']) await create(local);
      const first = (await scim('GET', '/Users?startIndex=1&count=2')).body as {
        totalResults: number;
        Resources: Resource[];
      };
      const seen: string[] = [];
      for (let start = 1; start <= first.totalResults; start += 2) {
        const page = (await scim('GET', `/Users?startIndex=${start}&count=2`)).body as { Resources: Resource[] };
        seen.push(...page.Resources.map(({ id }) => id));
      }

      expect(new Set(seen).size).toBe(first.totalResults);
      expect(seen).toHaveLength(first.totalResults);
      expect((await scim('GET', '/Users?count=0')).body).toMatchObject({ itemsPerPage: 0, Resources: [] });
      expect((await scim('GET', '/Users?startIndex=-5&count=1')).body).toMatchObject({
        startIndex: 1,
        itemsPerPage: 1,
      });
    });

    it('is replaced whole by PUT', async () => {
      const { id } = await create('rob', { externalId: 'old' });
      const body = {
        userName: 'rob@acme.com',
        displayName: 'Robert',
        emails: [{ value: 'robert@acme.com', primary: true }],
      };
      const { body: after } = await scim('PUT', `/Users/${id}`, body);

      expect(after).toMatchObject({ displayName: 'Robert', emails: [{ value: 'robert@acme.com' }], active: true });
      expect(after).not.toHaveProperty('externalId');
    });

    it.each([
      ['Okta: no path', { op: 'replace', value: { active: false } }],
      ['Entra ID: a path and a text', { op: 'Replace', path: 'active', value: 'False' }],
      ['Entra ID: no path and a text', { op: 'replace', value: { active: 'False', 'name.givenName': 'X' } }],
      [
        'a path with its schema',
        { op: 'replace', path: 'urn:ietf:params:scim:schemas:core:2.0:User:active', value: false },
      ],
    ])('is deactivated in the dialect of %s', async (what, operation) => {
      const { id } = await create(`off${what.length}`);

      expect(await patch(id, operation)).toMatchObject({ active: false });
      expect(await membershipOf(id)).toBeNull();
      expect(await patch(id, { op: 'Replace', path: 'active', value: 'True' })).toMatchObject({ active: true });
    });

    it('takes changes of names and addresses in both dialects', async () => {
      const { id } = await create('mia');
      await patch(id, { op: 'Replace', path: 'emails[type eq "work"].value', value: 'mia2@acme.com' });
      await patch(id, { op: 'add', path: 'name.familyName', value: 'M' }, { op: 'add', path: 'title', value: 'Dr' });
      await patch(id, { op: 'replace', value: { displayName: 'Mia M', externalId: 'e9', 'urn:x:y:department': 'z' } });

      expect((await scim('GET', `/Users/${id}`)).body).toMatchObject({
        ...{ displayName: 'Mia M', externalId: 'e9', name: { familyName: 'M' }, emails: [{ value: 'mia2@acme.com' }] },
      });
      expect((await scim('PATCH', `/Users/${id}`, patchOf({ op: 'move' }))).body).toMatchObject({
        scimType: 'invalidSyntax',
      });
      expect((await scim('PATCH', `/Users/${id}`, patchOf({ op: 'add', path: 'a[b', value: 1 }))).body).toMatchObject({
        scimType: 'invalidPath',
      });
      expect(await patch(id, { op: 'replace', path: 'emails.value', value: 'mia@evil.example' })).toMatchObject({
        status: '400',
      });
    });

    it('that leaves loses its sessions, its API keys and its access at once (I3)', async () => {
      const { id } = await create('leaver');
      const { orgId } = owner.principal;
      const key = await auth.createKey({ ...owner.principal, userId: id });
      const sessionRow = { id: crypto.randomUUID(), userId: id, organizationId: orgId };
      const times = { createdAt: new Date(auth.clock.now()), expiresAt: new Date(auth.clock.now() + 1e9) };
      await auth.database.session.create({ data: { ...sessionRow, ...times } });
      auth.published.length = 0;
      await patch(id, { op: 'replace', value: { active: false } });

      expect(auth.published).toContainEqual(expect.objectContaining({ userIds: [id], organizationIds: [orgId] }));
      expect(await auth.database.apiKey.findUnique({ where: { id: key.id } })).toMatchObject({
        revokedAt: expect.any(Date),
      });
      const verdict = await auth.call('GET', `/internal/sessions/${sessionRow.id}`, { as: 'api-gateway' });
      expect(verdict.body).toMatchObject({ valid: false });
      expect(await find('userName eq "leaver@acme.com"')).toMatchObject({ Resources: [{ id, active: false }] });
    });

    it('that leaves hands its API keys over if the token says so', async () => {
      ({ token } = await createToken(session, { handKeysTo: owner.principal.userId }));
      const { id } = await create('giver');
      const key = await auth.createKey({ ...owner.principal, userId: id });
      expect((await scim('DELETE', `/Users/${id}`)).status).toBe(204);

      expect(await auth.database.apiKey.findUnique({ where: { id: key.id } })).toMatchObject({
        ...{ revokedAt: null, userId: owner.principal.userId },
      });
      expect((await scim('GET', `/Users/${id}`)).status).toBe(404);
      expect((await scim('DELETE', `/Users/${id}`)).status).toBe(404);
    });

    it('with an account whose address is verified joins with it, and keeps its password', async () => {
      const body = { email: 'old@acme.com', password: 'a long password', name: 'Old' };
      await auth.call('POST', '/v1/auth/register', { as: 'api-gateway', body });
      await auth.database.user.update({ where: { email: 'old@acme.com' }, data: { emailVerifiedAt: new Date() } });
      const { id } = await create('old', { displayName: 'New name' });

      expect(await membershipOf(id)).not.toBeNull();
      expect(await auth.logIn(body)).toMatchObject({ tokenType: 'Bearer' });
    });

    it('is never the last owner that leaves, and a foreign account is not changed', async () => {
      const { userId } = owner.principal;
      const answer = await scim('PATCH', `/Users/${userId}`, patchOf({ op: 'replace', value: { active: false } }));
      expect(answer.body).toMatchObject({ status: '409' });
      await patch(userId, { op: 'replace', value: { displayName: 'Changed' } });

      expect(await auth.database.user.findUnique({ where: { id: userId } })).toMatchObject({
        email: owner.email,
        name: 'User 1',
      });
    });
  });

  describe('a group', () => {
    const members = async (id: string) =>
      ((await scim('GET', `/Groups/${id}`)).body as Resource).members?.map(({ value }) => value).sort();

    it('is a team, with its members', async () => {
      const [ann, bob] = [await create('g1'), await create('g2')];
      const made = await scim('POST', '/Groups', { displayName: 'Eng', externalId: 'g', members: [{ value: ann.id }] });
      const { id } = made.body as Resource;
      expect(made.headers.get('location')).toMatch(new RegExp(`/scim/v2/Groups/${id}$`));
      expect(await auth.database.team.findUnique({ where: { id } })).toMatchObject({ name: 'Eng' });
      expect(await find('displayName eq "Eng"', 'Groups')).toMatchObject({ totalResults: 1, Resources: [{ id }] });

      await scim('PATCH', `/Groups/${id}`, patchOf({ op: 'Add', path: 'members', value: [{ value: bob.id }] }));
      expect(await members(id)).toEqual([ann.id, bob.id].sort());
      expect((await scim('GET', `/Users/${bob.id}`)).body).toMatchObject({ groups: [{ value: id, display: 'Eng' }] });
      await scim('PATCH', `/Groups/${id}`, patchOf({ op: 'remove', path: `members[value eq "${ann.id}"]` }));
      expect(await members(id)).toEqual([bob.id]);
      await scim('PATCH', `/Groups/${id}`, patchOf({ op: 'Remove', path: 'members', value: [{ value: bob.id }] }));
      expect(await members(id)).toEqual([]);
      await scim('PATCH', `/Groups/${id}`, patchOf({ op: 'replace', value: { id, displayName: 'Engineering' } }));
      await scim('PATCH', `/Groups/${id}`, patchOf({ op: 'replace', path: 'members', value: [{ value: ann.id }] }));
      expect((await scim('GET', `/Groups/${id}`)).body).toMatchObject({
        displayName: 'Engineering',
        members: [{ value: ann.id }],
      });
      await scim('PUT', `/Groups/${id}`, { displayName: 'Engineering', members: [{ value: bob.id }] });
      expect(await members(id)).toEqual([bob.id]);

      const list = await scim('GET', '/Groups?excludedAttributes=members&filter=displayName%20eq%20%22Engineering%22');
      expect(list.text).not.toContain('"members"');
      expect((await scim('POST', '/Groups', { displayName: 'Engineering' })).body).toMatchObject({
        scimType: 'uniqueness',
      });
      expect((await scim('DELETE', `/Groups/${id}`)).status).toBe(204);
      expect(await auth.database.team.findUnique({ where: { id } })).toBeNull();
    });

    it('gives no place to people of other organisations, and leaves inactive ones out (I17)', async () => {
      const other = await auth.createAccount();
      const gone = await create('gone');
      await patch(gone.id, { op: 'replace', value: { active: false } });
      const list = [{ value: other.principal.userId }, { value: gone.id }];
      const { id } = (await scim('POST', '/Groups', { displayName: 'Closed', members: list })).body as Resource;

      expect(await members(id)).toEqual([]);
    });

    it('that a member leaves revokes the keys of that team', async () => {
      const { id: userId } = await create('teamkey');
      const made = (await scim('POST', '/Groups', { displayName: 'Keys', members: [{ value: userId }] }))
        .body as Resource;
      const key = await auth.createKey({ ...owner.principal, userId }, { teamId: made.id });
      await scim('PATCH', `/Groups/${made.id}`, patchOf({ op: 'remove', path: 'members' }));

      expect(await auth.database.apiKey.findUnique({ where: { id: key.id } })).toMatchObject({
        revokedAt: expect.any(Date),
      });
    });
  });
});
