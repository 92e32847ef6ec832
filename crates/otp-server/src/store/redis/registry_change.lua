#!lua
-- Changes some entries of the registry if all of them are as expected: all or none.
--
-- KEYS  entries, version, moments of use
-- ARGV  how many entries there may be, then of each: name, what is expected ('any', 'absent' or
--       'value'), that value, what to do ('put' or 'remove'), the next value
-- Answers 1 done | 0 one is not as expected | -1 there would be too many.
local before = redis.call('HLEN', KEYS[1])
local after = before
for i = 2, #ARGV, 5 do
  local current = redis.call('HGET', KEYS[1], ARGV[i])
  local expected = ARGV[i + 1]
  if (expected == 'absent' and current) or (expected == 'value' and current ~= ARGV[i + 2]) then
    return 0
  end
  if ARGV[i + 3] == 'put' and not current then
    after = after + 1
  elseif ARGV[i + 3] == 'remove' and current then
    after = after - 1
  end
end
if after > tonumber(ARGV[1]) and after > before then
  return -1
end

for i = 2, #ARGV, 5 do
  if ARGV[i + 3] == 'put' then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 4])
  else
    redis.call('HDEL', KEYS[1], ARGV[i])
    redis.call('HDEL', KEYS[3], ARGV[i])
  end
end
-- The moment keeps a Redis that lost its last changes from coming to a version that a server has
-- seen before.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local version = math.max(tonumber(redis.call('GET', KEYS[2]) or '0') + 1, now)
redis.call('SET', KEYS[2], string.format('%.0f', version))
return 1
