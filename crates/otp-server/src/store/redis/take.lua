#!lua
-- Counts all of some claims, or none when one has no room. A count is a hash: slot of time -> amount.
-- A slot counts in full until its last moment is out of the window.
--
-- KEYS  the counts
-- ARGV  now (ms), then of each claim: amount, limit, window (ms), slot (ms), time to live (ms)
-- Answers {0, 0} when all are counted, otherwise {the place of the claim that has no room for
-- longest, from 1 on; when it has (ms)}.
local now = tonumber(ARGV[1])
local full, full_until = 0, 0
local outdated = {}

for i = 1, #KEYS do
  local at = 5 * i - 3
  local amount, limit = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  local window, slot_ms = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local fields = redis.call('HGETALL', KEYS[i])
  local counting, total, gone = {}, amount, {}
  for j = 1, #fields, 2 do
    local free_at = (tonumber(fields[j]) + 1) * slot_ms + window
    if free_at > now then
      local taken = tonumber(fields[j + 1])
      total = total + taken
      counting[#counting + 1] = { free_at, taken }
    else
      gone[#gone + 1] = fields[j]
    end
  end
  outdated[i] = gone
  if total > limit then
    table.sort(counting, function(a, b) return a[1] < b[1] end)
    local fits_at = now + window
    for _, slot in ipairs(counting) do
      total = total - slot[2]
      if total <= limit then
        fits_at = slot[1]
        break
      end
    end
    if fits_at >= full_until then
      full, full_until = i, fits_at
    end
  end
end
if full > 0 then
  return { full, full_until }
end

for i = 1, #KEYS do
  local at = 5 * i - 3
  if #outdated[i] > 0 then
    redis.call('HDEL', KEYS[i], unpack(outdated[i]))
  end
  local slot = math.floor(now / tonumber(ARGV[at + 3]))
  redis.call('HINCRBY', KEYS[i], string.format('%.0f', slot), ARGV[at])
  redis.call('PEXPIRE', KEYS[i], ARGV[at + 4])
end
return { 0, 0 }
