#!lua flags=allow-oom
-- Takes a value off a shelf, which makes room.
--
-- KEYS  values, their names
-- ARGV  the name
-- Answers how many were there: 1 or 0.
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('HDEL', KEYS[1], ARGV[1])
