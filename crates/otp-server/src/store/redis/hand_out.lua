#!lua flags=allow-oom
-- Hands out the oldest events of one bucket that nobody holds, each hidden until its lease ends.
-- One that follows an event of the same record in other hands waits, so that a record's events are
-- taken in the order of its commits. It must work when memory is full: it makes nothing.
--
-- KEYS  outbox, events
-- ARGV  now (ms), when the lease ends (ms), how many at most
-- An event's name is its number (16 digits, which are its field among the events), then its record's.
-- Answers {name, body, name, body, ..}.
local DIGITS = 16
local now, leased_until, most = ARGV[1], ARGV[2], tonumber(ARGV[3])
local held = {}
for _, name in ipairs(redis.call('ZRANGE', KEYS[1], '(' .. now, '+inf', 'BYSCORE')) do
  held[string.sub(name, DIGITS + 1)] = true
end

-- Those whose lease ended come behind the others, but may be older.
local free = redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE')
table.sort(free, function(a, b)
  return tonumber(string.sub(a, 1, DIGITS)) < tonumber(string.sub(b, 1, DIGITS))
end)

local answer = {}
for _, name in ipairs(free) do
  if #answer >= 2 * most then
    break
  end
  if not held[string.sub(name, DIGITS + 1)] then
    local body = redis.call('HGET', KEYS[2], string.sub(name, 1, DIGITS))
    if body then
      redis.call('ZADD', KEYS[1], leased_until, name)
      answer[#answer + 1] = name
      answer[#answer + 1] = body
    else
      redis.call('ZREM', KEYS[1], name)
    end
  end
end
return answer
