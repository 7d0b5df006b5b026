import { groupSchema, listSchema, userSchema } from './user-resource.ts';

const configSchema = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig';
const typeSchema = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';
const schemaSchema = 'urn:ietf:params:scim:schemas:core:2.0:Schema';

/** What this service supports. Source: RFC 7643, section 5. */
export function toServiceProviderConfig(baseUrl: string) {
  const scheme = {
    type: 'oauthbearertoken',
    name: 'SCIM token',
    description: 'Token of one organisation',
    primary: true,
  };
  return {
    schemas: [configSchema],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: 200 },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: false },
    authenticationSchemes: [scheme],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  };
}

export function toResourceTypes(baseUrl: string) {
  const typeOf = (id: string, endpoint: string, schema: string) => ({
    ...{ schemas: [typeSchema], id, name: id, endpoint, schema },
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${id}` },
  });
  return [typeOf('User', '/Users', userSchema), typeOf('Group', '/Groups', groupSchema)];
}

interface Attribute {
  name: string;
  type?: string;
  required?: boolean;
  multiValued?: boolean;
  mutability?: string;
  uniqueness?: string;
  subAttributes?: readonly object[];
}

/** An attribute with the defaults of RFC 7643, section 2.2. */
const attribute = (given: Attribute) => ({
  ...{ type: 'string', multiValued: false, required: false, caseExact: false },
  ...{ mutability: 'readWrite', returned: 'default', uniqueness: 'none', description: given.name },
  ...given,
});

const names = ['formatted', 'givenName', 'familyName'].map((name) => attribute({ name }));
const references = [attribute({ name: 'value' }), attribute({ name: 'display', mutability: 'readOnly' })];
const emails = [
  attribute({ name: 'value' }),
  attribute({ name: 'type' }),
  attribute({ name: 'primary', type: 'boolean' }),
];
const externalId = attribute({ name: 'externalId' });

/** The attributes that are kept; all others are ignored. */
export function toSchemas(baseUrl: string) {
  const schemaOf = (id: string, name: string, attributes: readonly object[]) => ({
    ...{ schemas: [schemaSchema], id, name, description: name, attributes },
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${id}` },
  });
  return [
    schemaOf(userSchema, 'User', [
      attribute({ name: 'userName', required: true, uniqueness: 'server' }),
      ...[externalId, attribute({ name: 'displayName' }), attribute({ name: 'active', type: 'boolean' })],
      attribute({ name: 'name', type: 'complex', subAttributes: names }),
      attribute({ name: 'emails', type: 'complex', multiValued: true, subAttributes: emails }),
      attribute({
        name: 'groups',
        type: 'complex',
        multiValued: true,
        mutability: 'readOnly',
        subAttributes: references,
      }),
    ]),
    schemaOf(groupSchema, 'Group', [
      attribute({ name: 'displayName', required: true, uniqueness: 'server' }),
      externalId,
      attribute({ name: 'members', type: 'complex', multiValued: true, subAttributes: references }),
    ]),
  ];
}

/** Source: RFC 7644, section 3.4.2. */
export function toListResponse(resources: readonly object[], total = resources.length, skip = 0) {
  return {
    schemas: [listSchema],
    totalResults: total,
    startIndex: skip + 1,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}
