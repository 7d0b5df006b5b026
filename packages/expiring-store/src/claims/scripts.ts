/** Most expired claims that one call removes; later calls remove the rest. */
const dropsMax = 100;

/**
 * KEYS: 1 expiries {key → Unix ms} · 2 sizes {key → bytes} · 3 tenants {key → tenant} · 4 shares {"<tenant> entries",
 * "<tenant> bytes"; the tenant "*" is all of them} · 5 the claim {fingerprint, owner, lease, state, value}. The server
 * is a single one.
 */
const index = `
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local function share(tenant, entries, bytes)
  for _, name in ipairs({tenant, '*'}) do
    redis.call('HINCRBY', KEYS[4], name .. ' bytes', bytes)
    if redis.call('HINCRBY', KEYS[4], name .. ' entries', entries) <= 0 then
      redis.call('HDEL', KEYS[4], name .. ' bytes', name .. ' entries')
    end
  end
end
local function drop(key)
  redis.call('UNLINK', key)
  redis.call('ZREM', KEYS[1], key)
  local size = redis.call('HGET', KEYS[2], key)
  if not size then return end
  share(redis.call('HGET', KEYS[3], key), -1, 0 - size)
  redis.call('HDEL', KEYS[2], key)
  redis.call('HDEL', KEYS[3], key)
end
local function used(tenant, what)
  return tonumber(redis.call('HGET', KEYS[4], tenant .. ' ' .. what) or '0')
end
local function keepFor(keptMs)
  redis.call('PEXPIRE', KEYS[5], keptMs)
  redis.call('ZADD', KEYS[1], string.format('%.0f', nowMs + keptMs), KEYS[5])
end
local function isOpen(owner)
  local found = redis.call('HMGET', KEYS[5], 'owner', 'state')
  return found[1] == owner and found[2] == 'open'
end
`;

/**
 * ARGV: tenant, owner, fingerprint, lease ms, kept ms, bytes, tenant's most entries, most bytes, most entries, most
 * bytes.
 */
export const claimScript = `${index}
for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', nowMs, 'LIMIT', 0, ${dropsMax})) do drop(key) end
local found = redis.call('HMGET', KEYS[5], 'fingerprint', 'state', 'lease')
if found[1] then
  if found[1] ~= ARGV[3] then return {'other'} end
  if found[2] == 'open' then
    if tonumber(found[3]) > nowMs then return {'open'} end
    return {'lost'}
  end
  local value = redis.call('HGET', KEYS[5], 'value')
  if value then return {'finished', value} end
  return {'lost'}
end
drop(KEYS[5])
local tenant, size = ARGV[1], tonumber(ARGV[6])
if used(tenant, 'entries') >= tonumber(ARGV[7]) or used(tenant, 'bytes') + size > tonumber(ARGV[8]) then
  return {'tenant_full'}
end
if used('*', 'entries') >= tonumber(ARGV[9]) or used('*', 'bytes') + size > tonumber(ARGV[10]) then return {'full'} end
redis.call('HSET', KEYS[5], 'fingerprint', ARGV[3], 'owner', ARGV[2], 'state', 'open',
  'lease', string.format('%.0f', nowMs + ARGV[4]))
keepFor(ARGV[5])
redis.call('HSET', KEYS[2], KEYS[5], size)
redis.call('HSET', KEYS[3], KEYS[5], tenant)
share(tenant, 1, size)
return {'claimed'}
`;

/** ARGV: owner, lease ms. */
export const renewScript = `${index}
if not isOpen(ARGV[1]) then return {'gone'} end
redis.call('HSET', KEYS[5], 'lease', string.format('%.0f', nowMs + ARGV[2]))
return {'renewed'}
`;

/** ARGV: owner, kept ms, 1 with a value, value, its bytes, tenant's most bytes, most bytes. */
export const finishScript = `${index}
if not isOpen(ARGV[1]) then return {'gone'} end
redis.call('HSET', KEYS[5], 'state', 'done')
keepFor(ARGV[2])
local tenant, size = redis.call('HGET', KEYS[3], KEYS[5]), tonumber(ARGV[5])
if ARGV[3] ~= '1' or not tenant then return {'not_kept'} end
if used(tenant, 'bytes') + size > tonumber(ARGV[6]) or used('*', 'bytes') + size > tonumber(ARGV[7]) then
  return {'not_kept'}
end
redis.call('HSET', KEYS[5], 'value', ARGV[4])
redis.call('HINCRBY', KEYS[2], KEYS[5], size)
share(tenant, 0, size)
return {'kept'}
`;

/** ARGV: owner. */
export const releaseScript = `${index}
if isOpen(ARGV[1]) then drop(KEYS[5]) end
return {'released'}
`;
