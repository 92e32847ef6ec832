#!lua flags=allow-oom
-- Removes events that somebody is done with, which makes room.
--
-- KEYS  outbox, events
-- ARGV  name and number of each event
for i = 1, #ARGV, 2 do
  redis.call('ZREM', KEYS[1], ARGV[i])
  redis.call('HDEL', KEYS[2], ARGV[i + 1])
end
return 0
