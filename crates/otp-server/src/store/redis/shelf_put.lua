#!lua
-- Puts a value on a shelf, in the place of the one of that name if there is one. A new name needs
-- room; to make some, the first names may be given up.
--
-- KEYS  values, their names
-- ARGV  how many there may be, what becomes of a new one when there are as many ('refuse' or
--       'give-up-first'), the name, the value
-- Answers 1 done | 0 there is no room.
if not redis.call('ZSCORE', KEYS[2], ARGV[3]) then
  local excess = redis.call('HLEN', KEYS[1]) + 1 - tonumber(ARGV[1])
  if excess > 0 then
    if ARGV[2] == 'refuse' then
      return 0
    end
    for _, first in ipairs(redis.call('ZRANGE', KEYS[2], 0, excess - 1)) do
      redis.call('HDEL', KEYS[1], first)
      redis.call('ZREM', KEYS[2], first)
    end
  end
  redis.call('ZADD', KEYS[2], 0, ARGV[3])
end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
return 1
