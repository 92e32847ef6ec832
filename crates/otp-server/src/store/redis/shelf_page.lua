#!lua flags=no-writes
-- Values of a shelf by name, from behind some name on.
--
-- KEYS  values, their names
-- ARGV  that name, how many at most
-- Answers {name, value, ..}.
local names = redis.call('ZRANGE', KEYS[2], '(' .. ARGV[1], '+', 'BYLEX', 'LIMIT', 0, ARGV[2])
local page = {}
for _, name in ipairs(names) do
  page[#page + 1] = name
  page[#page + 1] = redis.call('HGET', KEYS[1], name)
end
return page
