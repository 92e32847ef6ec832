#!lua flags=allow-oom
-- Moves on the time that all servers share, and tells it. The mark holds three moments that were
-- one: the servers' time, Redis' time, and the wall clock of the server that made the mark.
--
-- KEYS  the mark; when the asker's machine was started, if its system names its starts
-- ARGV  the asker's own time ('' if it has none yet), its wall clock, how long its machine has been
--       up, and 1 if it has looked again and again and nobody made a mark. All in ms.
-- Answers the time in ms, or -1 if the mark is old: then somebody may make another any moment.
local BAND, BEHIND, FRESH, MINUTE, KEPT = 100, 300, 2000, 60000, 30 * 24 * 3600000

local own, wall, uptime = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local redis_time = redis.call('TIME')
local now = redis_time[1] * 1000 + math.floor(redis_time[2] / 1000)

local function mark(at, started)
  redis.call('SET', KEYS[1], string.format('%.0f %.0f %.0f', at, now, wall), 'PX', KEPT)
  if KEYS[2] then
    redis.call('SET', KEYS[2], string.format('%.0f', started), 'PX', KEPT)
  end
  return at
end

local marked, redis_then, wall_then = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+) (%d+) (%d+)')
if not marked then
  -- Nothing rests on the time yet, or it was flushed under servers that run.
  local at = own or now
  return mark(at, at - uptime)
end
marked = tonumber(marked)
local passed = now - redis_then
local is_fresh = passed >= 0 and passed <= FRESH

if not own and KEYS[2] then
  -- The machine's own count of time is as good as a running server's. It also tells when the mark,
  -- fresh as it is, was left behind by a question that Redis worked off late.
  local started = tonumber(redis.call('GET', KEYS[2]))
  local counted = started and started + uptime
  local ahead = counted and counted - marked - passed
  if counted and (not is_fresh or (ahead > 0 and ahead <= MINUTE)) then
    own = counted
  end
end
if own and own + BEHIND >= marked then
  -- Redis' clock sets the pace, as far as the asker's own count bears it out.
  local at = math.max(marked, own - BAND, math.min(own + BAND, marked + passed))
  return mark(at, own - uptime)
end

-- The asker has just begun, or its machine stood still. It goes by those who run, if any do.
if is_fresh then
  return marked + passed
end
if ARGV[4] ~= '1' then
  return -1
end
-- Nobody runs. Of the two that say how long for, a clock that was set ahead says too much.
local at = marked + math.max(0, math.min(passed, wall - wall_then + MINUTE))
return mark(at, at - uptime)
