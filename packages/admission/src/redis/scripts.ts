import { nanoUsdMax } from '../bounds.ts';
import { backlogMicrosMax, burstMicros } from '../gcra.ts';
import { sliceSteps } from './slice-scripts.ts';

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

/**
 * A bucket is the microsecond until which it is used up, and behind the point the rate that this counts in; its key ends when
 * it is full again. Versions before wrote no rate: such a bucket is at the rate of the caller. They read the number alone,
 * since so small a part of a microsecond is lost in a double. The number has 16 digits until the year 2286.
 */
const buckets = `
local function readBucket(key, rate)
  local value = redis.call('GET', key)
  if not value then return 0, rate end
  return math.max(tonumber(value) - nowMicros, 0), tonumber(string.sub(value, 18)) or rate
end
local function readBacklog(key, rate)
  local backlog, stored = readBucket(key, rate)
  if stored == rate then return backlog end
  return math.min(math.ceil(backlog * stored / rate), math.max(backlog, ${burstMicros}))
end
local function writeBacklog(key, backlog, rate)
  if backlog <= 0 then redis.call('DEL', key) return end
  local value = string.format('%.0f.%015.0f', nowMicros + backlog, rate)
  redis.call('SET', key, value, 'PX', int(math.ceil(backlog / 1000)))
end
`;

/**
 * A budget of a period is a hash {room, held, allotted, revision} under a name that begins with the account's, so that it is
 * in the same slot of a cluster: an expired hold is dropped by the next call of any kind, which cannot know its
 * budgets. One that the store does not have is never made by a hold: it would not expire.
 */
const budgets = `
local function budgetKey(subject) return KEYS[1] .. ':budget:' .. subject end
local function findLacking(budgets, amount)
  local lacking = 0
  if amount <= 0 then return lacking end
  for i, budget in ipairs(budgets or {}) do
    local row = redis.call('HMGET', budgetKey(budget.subject), 'room', 'allotted')
    local room, allotted = tonumber(row[1] or '0'), tonumber(row[2] or '0')
    if amount > room or allotted - room + amount > budget.limit then lacking = lacking + 2 ^ (i - 1) end
  end
  return lacking
end
local function changeBudgets(subjects, room, held)
  for _, subject in ipairs(subjects or {}) do
    local key = budgetKey(subject)
    if redis.call('EXISTS', key) == 1 then
      if room ~= 0 then redis.call('HINCRBY', key, 'room', int(room)) end
      if held ~= 0 then redis.call('HINCRBY', key, 'held', int(held)) end
    end
  end
end
`;

/**
 * KEYS: 1 account {credit, held} · 2 holds {requestId → record} · 3 their expiry in ms · 4 slots {subject → occupied}.
 * Begins by dropping holds past their time. Their money is no longer held and does not return to the credit: the request
 * may have been charged, so it stays in the ledger's lease until billing reclaims it there.
 *
 * A slice is a hold whose record has `open`: its slots, and requests that may be open. The account's `beside` is the sum of
 * `open - 1`. Without any hold there is no slot, and nothing is held: a version that knows no slices frees one slot of an expired
 * one, and a store that lost a part of its data has sums that are wrong until then.
 */
const holds = `${budgets}
local function changeSlots(subjects, count)
  if count == 0 then return end
  for _, subject in ipairs(subjects) do
    if redis.call('HINCRBY', KEYS[4], subject, int(count)) <= 0 then redis.call('HDEL', KEYS[4], subject) end
  end
end
local function dropHold(requestId, record)
  local hold = cjson.decode(record)
  redis.call('HDEL', KEYS[2], requestId)
  redis.call('ZREM', KEYS[3], requestId)
  redis.call('HINCRBY', KEYS[1], 'held', int(0 - hold.amount))
  changeBudgets(hold.budgets, 0, 0 - hold.amount)
  changeSlots(hold.slots, 0 - (hold.open or 1))
  if hold.open then
    redis.call('HINCRBY', KEYS[1], 'beside', int(1 - hold.open))
    redis.call('ZREM', KEYS[1] .. ':slices', requestId)
  end
  if redis.call('HLEN', KEYS[2]) == 0 then
    redis.call('DEL', KEYS[4])
    redis.call('HSET', KEYS[1], 'held', 0, 'beside', 0)
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

export const admitOutcome = { admitted: 0, rateLimited: 1, concurrencyLimited: 2, noCredit: 3, noBudget: 4 } as const;
export const raiseOutcome = { raised: 0, noCredit: 1, absent: 2, noBudget: 3 } as const;

/**
 * KEYS 5… the buckets of all operations. ARGV: the operations as JSON, each rate and cost with the place of its bucket.
 * Each operation is a separate step, on what those before it left.
 *
 * An admit checks everything before it writes anything. It answers {outcome, detail, backlog of each rate}; detail is the
 * place of the occupied slot, the lacking budgets as bits, or the credit there is (after an admission: what is left). A settlement answers {1} where it ended a hold, {0} where there was
 * none. A raise returns {outcome, credit or lacking budgets}. Slices: see there.
 */
export const batchScript = `${clock}${buckets}${holds}
local function takeRates(operation)
  local answer, isRefused = {${admitOutcome.admitted}, 0}, false
  for i, rate in ipairs(operation.rates) do
    answer[2 + i] = readBacklog(KEYS[rate.bucket], rate.rate)
    if answer[2 + i] + rate.micros > ${burstMicros} then isRefused = true end
  end
  if isRefused then
    answer[1] = ${admitOutcome.rateLimited}
    return answer
  end
  for i, rate in ipairs(operation.rates) do
    answer[2 + i] = answer[2 + i] + rate.micros
    writeBacklog(KEYS[rate.bucket], answer[2 + i], rate.rate)
  end
  return answer
end

local function admit(operation)
  local rates, slots = operation.rates, operation.slots
  local answer = {${admitOutcome.admitted}, credit}
  local isRateLimited = false
  for i, rate in ipairs(rates) do
    answer[2 + i] = readBacklog(KEYS[rate.bucket], rate.rate)
    if answer[2 + i] + rate.micros > ${burstMicros} then isRateLimited = true end
  end
  if readHold(operation.requestId) then return answer end

  if isRateLimited then
    answer[1] = ${admitOutcome.rateLimited}
    return answer
  end
  for i, slot in ipairs(slots) do
    if tonumber(redis.call('HGET', KEYS[4], slot.subject) or '0') >= slot.max then
      answer[1], answer[2] = ${admitOutcome.concurrencyLimited}, i - 1
      return answer
    end
  end
  local amount = tonumber(operation.amount)
  local lacking = findLacking(operation.budgets, amount)
  if lacking > 0 then
    answer[1], answer[2] = ${admitOutcome.noBudget}, lacking
    return answer
  end
  if amount > credit then
    answer[1], answer[2] = ${admitOutcome.noCredit}, credit
    return answer
  end

  for i, rate in ipairs(rates) do
    answer[2 + i] = answer[2 + i] + rate.micros
    writeBacklog(KEYS[rate.bucket], answer[2 + i], rate.rate)
  end
  for _, slot in ipairs(slots) do redis.call('HINCRBY', KEYS[4], slot.subject, 1) end
  if operation.budgets then changeBudgets(cjson.decode(operation.record).budgets, 0 - amount, amount) end
  credit = credit - amount
  answer[2] = credit
  redis.call('HSET', KEYS[1], 'credit', int(credit))
  redis.call('HINCRBY', KEYS[1], 'held', operation.amount)
  redis.call('HSET', KEYS[2], operation.requestId, operation.record)
  redis.call('ZADD', KEYS[3], int(nowMs + operation.ttlMs), operation.requestId)
  return answer
end

local function toMicros(cost, rate)
  if cost >= rate * 60 then return ${backlogMicrosMax} end
  local product = cost * ${burstMicros}
  local micros = math.floor(product / rate)
  if micros * rate < product then micros = micros + 1 end
  return micros
end
local function correctRates(taken, costs)
  for _, booked in ipairs(costs) do
    for _, reserved in ipairs(taken) do
      if reserved.subject == booked.subject then
        local key = KEYS[booked.bucket]
        local backlog, rate = readBucket(key, reserved.ratePerMinute)
        local correction = toMicros(booked.cost, rate) - math.floor(reserved.micros * reserved.ratePerMinute / rate)
        reserved.micros = toMicros(booked.cost, reserved.ratePerMinute)
        if correction ~= 0 then writeBacklog(key, math.min(backlog + correction, ${backlogMicrosMax}), rate) end
      end
    end
  end
end
local function settle(operation)
  local record = readHold(operation.requestId)
  if not record then return {0} end
  local hold = dropHold(operation.requestId, record)
  credit = math.max(credit + hold.amount - operation.actual, 0)
  changeBudgets(hold.budgets, math.max(hold.amount - operation.actual, 0 - ${nanoUsdMax}), 0)
  redis.call('HSET', KEYS[1], 'credit', int(credit))
  correctRates(hold.rates, operation.costs)
  return {1}
end

local function raise(operation)
  local record = readHold(operation.requestId)
  if not record then return {${raiseOutcome.absent}, 0} end
  local hold = cjson.decode(record)
  local more = operation.raiseTo - hold.amount
  if more <= 0 then return {${raiseOutcome.raised}, credit} end
  local lacking = findLacking(operation.budgets, more)
  if lacking > 0 then return {${raiseOutcome.noBudget}, lacking} end
  if more > credit then return {${raiseOutcome.noCredit}, credit} end
  credit = credit - more
  redis.call('HSET', KEYS[1], 'credit', int(credit))
  redis.call('HINCRBY', KEYS[1], 'held', int(more))
  changeBudgets(hold.budgets, 0 - more, more)
  local raised = string.gsub(record, '"amount":"%d+"', '"amount":"' .. operation.raiseTo .. '"', 1)
  redis.call('HSET', KEYS[2], operation.requestId, raised)
  return {${raiseOutcome.raised}, credit}
end

${sliceSteps}
local answers = {}
for i, operation in ipairs(cjson.decode(ARGV[1])) do
  if operation.take then answers[i] = takeSlice(operation)
  elseif operation.book then answers[i] = bookSlice(operation)
  elseif operation.record then answers[i] = admit(operation)
  elseif operation.raiseTo then answers[i] = raise(operation)
  elseif operation.rates then answers[i] = takeRates(operation)
  else answers[i] = settle(operation) end
end
return answers
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

/** Returns {credit, held, open holds}. */
export const readScript = `${clock}${holds}
return {credit, held, redis.call('HLEN', KEYS[2]) + tonumber(redis.call('HGET', KEYS[1], 'beside') or '0')}
`;

/** ARGV: how long no slice is taken, in ms. Returns how many slices may have something left. */
export const recallScript = `${clock}${holds}
redis.call('SET', KEYS[1] .. ':recall', 1, 'PX', ARGV[1])
return redis.call('ZCOUNT', KEYS[1] .. ':slices', '(' .. int(nowMs), '+inf')
`;

/** KEYS 1 the bucket. ARGV: microseconds, rate. Returns {1 if it was taken, backlog}. */
export const takeRateScript = `${clock}${buckets}
local rate = tonumber(ARGV[2])
local backlog = readBacklog(KEYS[1], rate)
if backlog + ARGV[1] > ${burstMicros} then return {0, backlog} end
backlog = backlog + ARGV[1]
writeBacklog(KEYS[1], backlog, rate)
return {1, backlog}
`;

/** ARGV: subject, amount, all that is allotted, revision, ms to keep it or 0. Answers 1 where it was taken. */
export const grantBudgetScript = `${clock}${holds}
local key = budgetKey(ARGV[1])
if tonumber(ARGV[4]) <= tonumber(redis.call('HGET', key, 'revision') or '0') then return 0 end
redis.call('HINCRBY', key, 'room', ARGV[2])
redis.call('HSET', key, 'allotted', ARGV[3], 'revision', ARGV[4])
if ARGV[5] == '0' then redis.call('PERSIST', key) else redis.call('PEXPIRE', key, ARGV[5]) end
return 1
`;

/** ARGV: subjects. Returns how many of their slots are occupied. */
export const countSlotsScript = `${clock}${holds}
local counts = redis.call('HMGET', KEYS[4], unpack(ARGV))
for i = 1, #ARGV do counts[i] = tonumber(counts[i] or '0') end
return counts
`;

/** ARGV: subject. Returns {room, held, revision}. */
export const readBudgetScript = `${clock}${holds}
local row = redis.call('HMGET', budgetKey(ARGV[1]), 'room', 'held', 'revision')
return {tonumber(row[1] or '0'), tonumber(row[2] or '0'), tonumber(row[3] or '0')}
`;

/** ARGV: subjects. */
export const emptyBudgetsScript = `${clock}${holds}
for _, subject in ipairs(ARGV) do
  if redis.call('EXISTS', budgetKey(subject)) == 1 then redis.call('HSET', budgetKey(subject), 'room', 0) end
end
return 0
`;
