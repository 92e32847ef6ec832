#!lua
-- Replaces a record if it is still in the version that the decision was made on, and sets its
-- timer and its bucket's count of live codes with it, puts its events out and enters it in a list:
-- all or nothing, in one slot.
--
-- KEYS  record, timers, live codes; with events also: outbox, events, the last event's number;
--       with an entry of a list also: the bucket's share of the list
-- ARGV  expected version ('' for none), the record's next value, now (ms), its name in the timers,
--       when the timer rings (ms), time to live (ms), its live codes; with events also: their time
--       to live (ms), how many may wait, each event; with an entry of a list also: when it was made
--       (ms), the entry, how many there may be, the last moment of which none is kept (ms), the
--       share's time to live at least (ms)
-- A value is: layout (1 byte), version (8), forget at (8, ms), live codes (4), body.
-- Answers {1 committed | 0 conflict | -1 another layout, the bucket's live codes}.
local HEAD, LAYOUT, HOUR = 21, 1, 3600000
local old = redis.call('GETRANGE', KEYS[1], 0, HEAD - 1)
local version, live_before = '', 0
if old ~= '' then
  local layout, forget_at
  layout, version, forget_at, live_before = struct.unpack('>Bc8I8I4', old)
  if layout ~= LAYOUT then
    return {-1, 0}
  end
  if forget_at <= tonumber(ARGV[3]) then
    version = ''
  end
end
if version ~= ARGV[1] then
  return {0, tonumber(redis.call('GET', KEYS[3]) or '0')}
end

redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[6])
redis.call('ZADD', KEYS[2], ARGV[5], ARGV[4])
local change = tonumber(ARGV[7]) - live_before
local live_codes = redis.call('INCRBY', KEYS[3], change)
-- Both outlive every record of the bucket. With an hour to spare, so as not to be set each time; so
-- does a list with its entries.
local to_live = tonumber(ARGV[6])
if redis.call('PTTL', KEYS[2]) < to_live then
  redis.call('PEXPIRE', KEYS[2], to_live + HOUR)
  redis.call('PEXPIRE', KEYS[3], to_live + HOUR)
elseif live_codes == change then
  -- Perhaps just made.
  redis.call('PEXPIRE', KEYS[3], redis.call('PTTL', KEYS[2]) + HOUR)
end

local last_event = #ARGV
if #KEYS % 3 == 1 then
  last_event = #ARGV - 5
  local list, at = KEYS[#KEYS], last_event + 1
  redis.call('ZADD', list, ARGV[at], ARGV[at + 1])
  redis.call('ZREMRANGEBYRANK', list, 0, -ARGV[at + 2] - 1)
  redis.call('ZREMRANGEBYSCORE', list, '-inf', ARGV[at + 3])
  if redis.call('PTTL', list) < tonumber(ARGV[at + 4]) then
    redis.call('PEXPIRE', list, ARGV[at + 4] + HOUR)
  end
end

if #KEYS >= 6 then
  -- Numbers come from the time, and rise even where two servers' clocks differ.
  local number = math.max(tonumber(redis.call('GET', KEYS[6]) or '0'), tonumber(ARGV[3]) * 1000)
  for i = 10, last_event do
    number = number + 1
    local digits = string.format('%016.0f', number)
    redis.call('ZADD', KEYS[4], 0, digits .. ARGV[4])
    redis.call('HSET', KEYS[5], digits, ARGV[i])
  end
  local waits = tonumber(ARGV[8])
  redis.call('SET', KEYS[6], string.format('%.0f', number), 'PX', waits)
  redis.call('PEXPIRE', KEYS[4], waits)
  redis.call('PEXPIRE', KEYS[5], waits)
  local excess = redis.call('ZCARD', KEYS[4]) - tonumber(ARGV[9])
  if excess > 0 then
    for _, name in ipairs(redis.call('ZRANGE', KEYS[4], 0, excess - 1)) do
      redis.call('ZREM', KEYS[4], name)
      redis.call('HDEL', KEYS[5], string.sub(name, 1, 16))
    end
  end
end
return {1, live_codes}
