#!lua
-- Reads how many codes are live in each bucket asked for. It writes nothing, but does not say so
-- to Redis: it is refused whenever a commit would be (memory full, read-only, too few replicas).
--
-- KEYS  live codes of each bucket
local answer = {}
for i = 1, #KEYS do
  answer[i] = tonumber(redis.call('GET', KEYS[i]) or '0')
end
return answer
