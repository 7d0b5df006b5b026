import { nanoUsdMax } from '../bounds.ts';
import { backlogMicrosMax, burstMicros } from '../gcra.ts';

/** Expired holds dropped in one call; a crash that left more of them is worked off by the next calls. */
const expiredHoldsMax = 64;

/**
 * Every script computes on Redis's own clock, in integers below 2⁵³. Numbers go back to Redis through `int`: Lua's own
 * conversion writes 1.7e+15, which HINCRBY refuses and SET would keep.
 */
const clock = `
local function int(value) return string.format('%.0f', value) end
local time = redis.call('TIME')
local nowMicros = time[1] * 1000000 + time[2]
local nowMs = math.floor(nowMicros / 1000)
`;

/** A bucket is the microsecond until which it is used up; its key ends when it is full again. */
const buckets = `
local function readBacklog(key)
  return math.max(tonumber(redis.call('GET', key) or '0') - nowMicros, 0)
end
local function writeBacklog(key, backlog)
  if backlog <= 0 then redis.call('DEL', key) return end
  redis.call('SET', key, int(nowMicros + backlog), 'PX', int(math.ceil(backlog / 1000)))
end
`;

/**
 * KEYS: 1 account {credit, held} · 2 holds {requestId → record} · 3 their expiry in ms · 4 slots {subject → occupied}.
 * Begins by dropping holds past their time. Their money is no longer held and does not return to the credit: the request
 * may have been charged, so it stays in the ledger's lease until billing reclaims it there.
 */
const holds = `
local function dropHold(requestId, record)
  local hold = cjson.decode(record)
  redis.call('HDEL', KEYS[2], requestId)
  redis.call('ZREM', KEYS[3], requestId)
  redis.call('HINCRBY', KEYS[1], 'held', int(0 - hold.amount))
  for _, subject in ipairs(hold.slots) do
    if redis.call('HINCRBY', KEYS[4], subject, -1) <= 0 then redis.call('HDEL', KEYS[4], subject) end
  end
  return hold
end
local function readHold(requestId)
  local record = redis.call('HGET', KEYS[2], requestId)
  if not record then
    redis.call('ZREM', KEYS[3], requestId)
    return false
  end
  if tonumber(redis.call('ZSCORE', KEYS[3], requestId) or '0') > nowMs then return record end
  dropHold(requestId, record)
  return false
end
for _, requestId in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', nowMs, 'LIMIT', 0, ${expiredHoldsMax})) do
  readHold(requestId)
end
local account = redis.call('HMGET', KEYS[1], 'credit', 'held')
local credit, held = tonumber(account[1] or '0'), tonumber(account[2] or '0')
`;

export const admitOutcome = { admitted: 0, rateLimited: 1, concurrencyLimited: 2, noCredit: 3 } as const;

/**
 * KEYS 5… one bucket for each rate. ARGV: requestId, amount, TTL ms, record, the rates' microseconds, then subject and
 * max of each slot. Checks everything before it writes anything. Answers {outcome, detail, backlog of each rate};
 * detail is the place of the occupied slot, or the credit there is.
 */
export const admitScript = `${clock}${buckets}${holds}
local requestId, amount, rateCount = ARGV[1], tonumber(ARGV[2]), #KEYS - 4
local answer = {${admitOutcome.admitted}, 0}
local isRateLimited = false
for i = 1, rateCount do
  answer[2 + i] = readBacklog(KEYS[4 + i])
  if answer[2 + i] + ARGV[4 + i] > ${burstMicros} then isRateLimited = true end
end
if readHold(requestId) then return answer end

if isRateLimited then
  answer[1] = ${admitOutcome.rateLimited}
  return answer
end
for i = 5 + rateCount, #ARGV, 2 do
  if tonumber(redis.call('HGET', KEYS[4], ARGV[i]) or '0') >= tonumber(ARGV[i + 1]) then
    answer[1], answer[2] = ${admitOutcome.concurrencyLimited}, (i - 5 - rateCount) / 2
    return answer
  end
end
if amount > credit then
  answer[1], answer[2] = ${admitOutcome.noCredit}, credit
  return answer
end

for i = 1, rateCount do
  answer[2 + i] = answer[2 + i] + ARGV[4 + i]
  writeBacklog(KEYS[4 + i], answer[2 + i])
end
for i = 5 + rateCount, #ARGV, 2 do redis.call('HINCRBY', KEYS[4], ARGV[i], 1) end
redis.call('HSET', KEYS[1], 'credit', int(credit - amount))
redis.call('HINCRBY', KEYS[1], 'held', ARGV[2])
redis.call('HSET', KEYS[2], requestId, ARGV[4])
redis.call('ZADD', KEYS[3], int(nowMs + ARGV[3]), requestId)
return answer
`;

/**
 * KEYS 5… the bucket of each corrected rate. ARGV: requestId, actual amount, then subject and actual cost of each.
 * Answers 1 where it ended a hold, 0 where there was none.
 */
export const settleScript = `${clock}${buckets}${holds}
local function toMicros(cost, rate)
  if cost >= rate * 60 then return ${backlogMicrosMax} end
  local product = cost * ${burstMicros}
  local micros = math.floor(product / rate)
  if micros * rate < product then micros = micros + 1 end
  return micros
end
local record = readHold(ARGV[1])
if not record then return 0 end
local hold = dropHold(ARGV[1], record)
redis.call('HSET', KEYS[1], 'credit', int(math.max(credit + hold.amount - ARGV[2], 0)))
for i = 3, #ARGV, 2 do
  for _, reserved in ipairs(hold.rates) do
    if reserved.subject == ARGV[i] then
      local key = KEYS[5 + (i - 3) / 2]
      local correction = toMicros(tonumber(ARGV[i + 1]), reserved.ratePerMinute) - reserved.micros
      writeBacklog(key, math.min(readBacklog(key) + correction, ${backlogMicrosMax}))
    end
  end
end
return 1
`;

/** KEYS 5 the lease. ARGV: amount, ms to remember the lease. Answers the credit; an error beyond what doubles can hold. */
export const grantScript = `${clock}${holds}
if redis.call('EXISTS', KEYS[5]) == 1 then return credit end
if credit + held + ARGV[1] > ${nanoUsdMax} then return redis.error_reply('credit beyond 2^53 nano-USD') end
redis.call('SET', KEYS[5], 1, 'PX', ARGV[2])
return redis.call('HINCRBY', KEYS[1], 'credit', ARGV[1])
`;

/** ARGV: most to take. Answers what was taken. */
export const reclaimScript = `${clock}${holds}
local taken = math.min(credit, tonumber(ARGV[1]))
if taken > 0 then redis.call('HSET', KEYS[1], 'credit', int(credit - taken)) end
return taken
`;

/** Answers {credit, held, open holds}. */
export const readScript = `${clock}${holds}
return {credit, held, redis.call('HLEN', KEYS[2])}
`;

/** KEYS 1 the bucket. ARGV: microseconds. Answers {1 where it was taken, backlog}. */
export const takeRateScript = `${clock}${buckets}
local backlog = readBacklog(KEYS[1])
if backlog + ARGV[1] > ${burstMicros} then return {0, backlog} end
backlog = backlog + ARGV[1]
writeBacklog(KEYS[1], backlog)
return {1, backlog}
`;
