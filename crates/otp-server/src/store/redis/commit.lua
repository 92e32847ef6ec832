#!lua
-- Replaces a record if it is still in the version that the decision was made on, and sets its
-- timer and its bucket's count of live codes with it: all or nothing, in one slot.
--
-- KEYS  record, timers, live codes
-- ARGV  expected version ('' for none), the record's next value, now (ms), its name in the timers,
--       when the timer rings (ms), time to live (ms), its live codes
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
-- Both outlive every record of the bucket. With an hour to spare, so as not to be set each time.
local to_live = tonumber(ARGV[6])
if redis.call('PTTL', KEYS[2]) < to_live then
  redis.call('PEXPIRE', KEYS[2], to_live + HOUR)
  redis.call('PEXPIRE', KEYS[3], to_live + HOUR)
elseif live_codes == change then
  -- Perhaps just made.
  redis.call('PEXPIRE', KEYS[3], redis.call('PTTL', KEYS[2]) + HOUR)
end
return {1, live_codes}
