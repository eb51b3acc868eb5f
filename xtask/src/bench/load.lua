-- What wrk sends: batches as recorders do, of events like the wire's example, and never one that was sent before.
-- Tabs come and go: each sends eight batches, and OPEN of them take turns.

local OPEN, BATCHES = 64, 8
local CONTEXT, DATA = [==[$CONTEXT]==], [==[$DATA]==]
local run, count, sent, parts = 0, 0, 0, {}

function init(args)
   run, count = os.time(), tonumber(args[1])
   for event = 1, count do
      parts[event * 3 - 1] = '{"time":'
      parts[event * 3 + 1] = ',"type":"play","data":' .. DATA .. (event < count and "}," or "}]}")
   end
   wrk.method = "POST"
   wrk.headers["Content-Type"] = "text/plain"
   wrk.headers["Origin"] = "https://www.example.com"
end

function request()
   local tab = math.floor(sent / (OPEN * BATCHES)) * OPEN + sent % OPEN
   local seq = math.floor(sent / OPEN) % BATCHES * count
   sent = sent + 1
   local guid = string.format("%08x-0000-4000-8000-%012x", run, tab)
   local now = os.time() * 1000 + sent % 1000
   parts[1] = string.format(
      '{"v":1,"request":"c56a4180-65aa-42ec-a945-5fd21dec0538","site":"bench","tab":"%s","seq":%d,"last":%d,"sent":%.0f,"attempt":1,"lost":{},"contexts":[%s],"events":[',
      guid, seq, seq + count - 1, now, (CONTEXT:gsub("$USER", guid)))
   for event = 1, count do
      parts[event * 3] = string.format("%.0f", now - (count - event) * 100)
   end
   return wrk.format(nil, nil, nil, table.concat(parts))
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '\n{"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"refused":%d,"broken":%d}\n',
      summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
      errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
