import { nanoUsdMax, sliceShares } from '../bounds.ts';
import { burstMicros } from '../gcra.ts';

/**
 * Steps of the batch script on slices. A slice is a hold with `open` and `charged` in its record; the sorted set `slices` has
 * those that may have something left, with the time until which.
 *
 * `takeSlice` returns {1, open, requests, credit that is left, backlog of each rate}, or {0} if it took nothing. `bookSlice`
 * returns {1}, or {0} if the slice is not there.
 */
export const sliceSteps = `
local function fits(left, cost) return math.floor(math.max(left, 0) / ${sliceShares} / cost) end
local function takeSlice(operation)
  if redis.call('EXISTS', KEYS[1] .. ':recall') == 1 then return {0} end
  local open, requests, one = operation.open, operation.requests, tonumber(operation.amount)
  local budgetSubjects = {}
  for i, budget in ipairs(operation.budgets or {}) do
    budgetSubjects[i] = budget.subject
    if one > 0 then
      local row = redis.call('HMGET', budgetKey(budget.subject), 'room', 'allotted')
      local room, allotted = tonumber(row[1] or '0'), tonumber(row[2] or '0')
      open = math.min(open, fits(math.min(room, budget.limit - allotted + room), one))
    end
  end
  if one > 0 then open = math.min(open, fits(credit, one)) end
  local slots = {}
  for i, slot in ipairs(operation.slots) do
    slots[i] = slot.subject
    open = math.min(open, fits(slot.max - tonumber(redis.call('HGET', KEYS[4], slot.subject) or '0'), 1))
  end
  local answer = {1, 0, 0, 0}
  for i, rate in ipairs(operation.rates) do
    answer[4 + i] = readBacklog(KEYS[rate.bucket], rate.rate)
    if rate.micros > 0 then requests = math.min(requests, fits(${burstMicros} - answer[4 + i], rate.micros)) end
  end
  if open < operation.least or requests < operation.least then return {0} end

  local rates, amount = {}, open * one
  for i, rate in ipairs(operation.rates) do
    local micros = requests * rate.micros
    rates[i] = {subject = rate.subject, ratePerMinute = rate.rate, micros = micros}
    answer[4 + i] = answer[4 + i] + micros
    if micros > 0 then writeBacklog(KEYS[rate.bucket], answer[4 + i], rate.rate) end
  end
  changeSlots(slots, open)
  changeBudgets(budgetSubjects, 0 - amount, amount)
  credit = credit - amount
  redis.call('HSET', KEYS[1], 'credit', int(credit))
  redis.call('HINCRBY', KEYS[1], 'held', int(amount))
  redis.call('HINCRBY', KEYS[1], 'beside', int(open - 1))
  local record = {amount = int(amount), rates = rates, slots = slots, budgets = budgetSubjects, open = open, charged = '0'}
  redis.call('HSET', KEYS[2], operation.take, cjson.encode(record))
  redis.call('ZADD', KEYS[3], int(nowMs + operation.ttlMs), operation.take)
  local active = KEYS[1] .. ':slices'
  redis.call('ZREMRANGEBYSCORE', active, '-inf', int(nowMs))
  redis.call('ZADD', active, int(nowMs + operation.activeMs), operation.take)
  redis.call('PEXPIRE', active, int(10 * operation.activeMs))
  answer[2], answer[3], answer[4] = open, requests, credit
  return answer
end

local function bookSlice(operation)
  local record = readHold(operation.book)
  if not record then return {0} end
  local slice = cjson.decode(record)
  local back = slice.amount - (operation.charged - slice.charged) - operation.amount
  credit = math.max(credit + back, 0)
  redis.call('HSET', KEYS[1], 'credit', int(credit))
  local held = operation.amount - slice.amount
  redis.call('HINCRBY', KEYS[1], 'held', int(held))
  changeBudgets(slice.budgets, math.max(back, 0 - ${nanoUsdMax}), held)
  correctRates(slice.rates, operation.costs)
  slice.amount, slice.charged = operation.amount, operation.charged
  if operation.isEnded then
    dropHold(operation.book, cjson.encode(slice))
    return {1}
  end
  changeSlots(slice.slots, operation.open - slice.open)
  redis.call('HINCRBY', KEYS[1], 'beside', int(operation.open - slice.open))
  slice.open = operation.open
  redis.call('HSET', KEYS[2], operation.book, cjson.encode(slice))
  redis.call('ZADD', KEYS[3], int(nowMs + operation.ttlMs), operation.book)
  if not operation.isActive then redis.call('ZREM', KEYS[1] .. ':slices', operation.book) end
  return {1}
end
`;
