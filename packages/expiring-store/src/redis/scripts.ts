/** Most entries that one call removes. After a bound was lowered, later calls remove the rest. */
const dropsMax = 1000;

/**
 * KEYS: 1 uses {key → number of its last use} · 2 expiries {key → Unix ms} · 3 sizes {key → bytes} · 4 totals {bytes,
 * uses} · 5… the entries. The index and the entries change in one step, so that what the index counts is what there is.
 * Names of entries that are removed come from the index: the server is a single one, no cluster.
 */
const index = `
local function drop(key)
  redis.call('UNLINK', key)
  redis.call('ZREM', KEYS[1], key)
  redis.call('ZREM', KEYS[2], key)
  local size = redis.call('HGET', KEYS[3], key)
  if not size then return end
  redis.call('HDEL', KEYS[3], key)
  redis.call('HINCRBY', KEYS[4], 'bytes', 0 - size)
end
`;

/** KEYS as above. Answers the texts in order; what was found counts as used now. */
export const getTextsScript = `${index}
local texts = {}
for i = 5, #KEYS do
  local text = redis.call('GET', KEYS[i])
  texts[i - 4] = text
  if text then redis.call('ZADD', KEYS[1], 'XX', redis.call('HINCRBY', KEYS[4], 'uses', 1), KEYS[i])
  elseif redis.call('HEXISTS', KEYS[3], KEYS[i]) == 1 then drop(KEYS[i]) end
end
return texts
`;

/**
 * KEYS 5 the entry. ARGV: text, TTL ms, bytes that it counts for, most entries, most bytes, and perhaps the SHA-1 of
 * the text that it replaces. Returns 0 if the entry has another.
 */
export const setTextScript = `${index}
if ARGV[6] then
  local found = redis.call('GET', KEYS[5])
  if not found or redis.sha1hex(found) ~= ARGV[6] then return 0 end
end
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local drops = 0
for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', nowMs, 'LIMIT', 0, ${dropsMax})) do
  drop(key)
  drops = drops + 1
end
drop(KEYS[5])
redis.call('SET', KEYS[5], ARGV[1], 'PX', ARGV[2])
redis.call('ZADD', KEYS[1], redis.call('HINCRBY', KEYS[4], 'uses', 1), KEYS[5])
redis.call('ZADD', KEYS[2], string.format('%.0f', nowMs + ARGV[2]), KEYS[5])
redis.call('HSET', KEYS[3], KEYS[5], ARGV[3])
local bytes = redis.call('HINCRBY', KEYS[4], 'bytes', ARGV[3])
local entries = redis.call('ZCARD', KEYS[1])
while drops < ${dropsMax} and entries > 0 and (entries > tonumber(ARGV[4]) or bytes > tonumber(ARGV[5])) do
  drop(redis.call('ZRANGE', KEYS[1], 0, 0)[1])
  drops = drops + 1
  entries = redis.call('ZCARD', KEYS[1])
  bytes = tonumber(redis.call('HGET', KEYS[4], 'bytes'))
end
return 1
`;

/** KEYS 5 the entry. */
export const deleteTextScript = `${index}
drop(KEYS[5])
return 1
`;
