#!lua flags=allow-oom
-- Looks at records of one bucket whose timers were seen to ring: hands out those that are due,
-- hidden until their lease ends, and drops those that may be forgotten. It must work when memory
-- is full, because dropping is what makes room.
--
-- KEYS  timers, live codes, one record for each timer
-- ARGV  now (ms), when the lease ends (ms), then name and score of each timer
-- Answers {the bucket's live codes, the numbers of the timers handed out, from 1 on}.
local HEAD, LAYOUT = 21, 1
local now, leased_until = tonumber(ARGV[1]), tonumber(ARGV[2])
local answer = {0}
local dropped_codes = 0

for i = 1, #KEYS - 2 do
  local record, name, seen = KEYS[i + 2], ARGV[2 * i + 1], ARGV[2 * i + 2]
  local score = redis.call('ZSCORE', KEYS[1], name)
  -- Otherwise somebody else was here since: it is theirs now, or committed.
  if score and tonumber(score) == tonumber(seen) then
    local head = redis.call('GETRANGE', record, 0, HEAD - 1)
    local layout, _, forget_at, live_codes = 0, '', 0, 0
    if head ~= '' then
      layout, _, forget_at, live_codes = struct.unpack('>Bc8I8I4', head)
    end
    if head == '' then
      redis.call('ZREM', KEYS[1], name)
    elseif layout ~= LAYOUT then
      -- A newer server's record: left to newer servers, and out of the way until the lease ends.
      redis.call('ZADD', KEYS[1], leased_until, name)
    elseif forget_at <= now then
      redis.call('DEL', record)
      redis.call('ZREM', KEYS[1], name)
      dropped_codes = dropped_codes + live_codes
    else
      -- Half a millisecond marks a timer that rings for forgetting only.
      redis.call('ZADD', KEYS[1], math.min(leased_until, forget_at - 0.5), name)
      answer[#answer + 1] = i
    end
  end
end

if dropped_codes ~= 0 then
  answer[1] = redis.call('DECRBY', KEYS[2], dropped_codes)
else
  answer[1] = tonumber(redis.call('GET', KEYS[2]) or '0')
end
if redis.call('EXISTS', KEYS[1]) == 0 then
  -- No records are left, so whatever is still counted was lost to somebody's flush.
  redis.call('DEL', KEYS[2])
  answer[1] = 0
end
return answer
