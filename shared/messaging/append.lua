-- Append events only if the stream ends where the caller thinks it ends (compare-and-swap).
-- KEYS[1]: the stream. ARGV[1]: the expected last position. ARGV[2..]: envelopes, in order.
-- Returns the stream's last position afterwards; nothing is written when it was another one.
local last = 0
if redis.call('EXISTS', KEYS[1]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then
      last = tonumber(string.match(info[i + 1], '^(%d+)-'))
    end
  end
end
if last ~= tonumber(ARGV[1]) then
  return last
end
for i = 2, #ARGV do
  last = last + 1
  redis.call('XADD', KEYS[1], string.format('%d-0', last), 'event', ARGV[i])
end
return last
