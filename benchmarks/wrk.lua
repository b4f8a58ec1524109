-- One request from the environment: BENCH_METHOD, BENCH_HEADERS (one a line), BENCH_BODY. "@ID@" in the body becomes a counter,
-- because JSON-RPC ids are unique. At the end one line of JSON; latencies in microseconds.
wrk.method = os.getenv("BENCH_METHOD")
for line in (os.getenv("BENCH_HEADERS") or ""):gmatch("[^\n]+") do
  local name, value = line:match("^(.-): (.*)$")
  wrk.headers[name] = value
end
local body = os.getenv("BENCH_BODY") or ""
if body ~= "" then wrk.body = body end
local before, after = body:match("^(.*)@ID@(.*)$")
if before then
  local number = 0
  request = function()
    number = number + 1
    return wrk.format(nil, nil, nil, before .. number .. after)
  end
end
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format('\nBENCH {"calls": %d, "microseconds": %d, "p50": %.1f, "p99": %.1f, "errors": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
