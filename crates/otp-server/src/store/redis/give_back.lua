#!lua flags=allow-oom
-- Takes back what was counted at some moment, where it still counts.
--
-- KEYS  the counts
-- ARGV  of each: amount, number of the slot that it was counted in
for i = 1, #KEYS do
  local amount, slot = tonumber(ARGV[2 * i - 1]), ARGV[2 * i]
  local taken = tonumber(redis.call('HGET', KEYS[i], slot) or '0')
  if amount > 0 and taken > amount then
    redis.call('HINCRBY', KEYS[i], slot, -amount)
  elseif amount > 0 then
    redis.call('HDEL', KEYS[i], slot)
  end
end
return 0
