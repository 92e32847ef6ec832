#!lua flags=no-writes
-- All entries of the registry, unless they are the known ones.
--
-- KEYS  entries, version
-- ARGV  the known version ('' for none)
-- Answers {version, {name, value, ..}}; without entries when it is the known one.
local version = redis.call('GET', KEYS[2]) or '0'
if version == ARGV[1] then
  return { version, {} }
end
return { version, redis.call('HGETALL', KEYS[1]) }
