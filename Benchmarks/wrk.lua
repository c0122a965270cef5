-- Full load over HTTP/1.1 by wrk, with one thread: every token of a file is sent once, every answer is kept.
--
--   wrk -t1 -c32 -d600s -s wrk.lua URL -- TOKENS FIRST COUNT ANSWERS SUMMARY UNTIMED
--
-- wrk does not say which answer belongs to which request, so ANSWERS is in the order of arrival
-- (callback-load verify --unordered). SUMMARY appears, as one line of JSON, when the last answer is in; the time in it
-- runs from the answer number UNTIMED to the last: wrk makes its connections while the first answers come, callback-load
-- before it begins. wrk itself would wait until -d has passed: interrupt it then.

local ffi = require("ffi")
ffi.cdef [[
    typedef struct { long seconds; long nanoseconds; } monotonic_time;
    int clock_gettime(int clock, monotonic_time *time);
]]

local MONOTONIC = 1
local time = ffi.new("monotonic_time")
local function now()
    ffi.C.clock_gettime(MONOTONIC, time)
    return tonumber(time.seconds) + tonumber(time.nanoseconds) / 1e9
end

local tokens, answers, summary
local count, untimed, sent, received, refused = 0, 0, 0, 0, 0
local probe, started

function init(args)
    local first
    tokens = assert(io.open(args[1], "r"))
    tokens:setvbuf("full", 1048576)
    first, count = tonumber(args[2]), tonumber(args[3])
    answers = assert(io.open(args[4], "w"))
    answers:setvbuf("full", 1048576)
    summary = args[5]
    untimed = tonumber(args[6])
    assert(untimed < count, "nothing would be timed")
    for _ = 1, first do assert(tokens:read("*l"), "too few tokens") end
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "text/plain"
    wrk.headers["User-Agent"] = "wrk"
end

local function token_request()
    local token = assert(tokens:read("*l"), "too few tokens")
    return wrk.format("POST", nil, nil, token)
end

function request()
    -- wrk calls this once before it connects, only to look at the result: that token is kept for the first request.
    if not probe then
        probe = token_request()
        return probe
    end
    -- No token is left: this connection has to wait for the others, so it begins a request line and never ends it.
    if sent == count then return "P" end
    sent = sent + 1
    if sent == 1 then
        if untimed == 0 then started = now() end
        return probe
    end
    return token_request()
end

function response(status, _, body)
    received = received + 1
    if status ~= 200 then refused = refused + 1 end
    if received == untimed then started = now() end
    answers:write(status, " ", (body:gsub("[\r\n]", " ")), "\n")
    if received < count then return end
    local seconds = now() - started
    answers:close()
    local file = assert(io.open(summary .. ".new", "w"))
    file:write(string.format(
        '{"requests":%d,"timed":%d,"seconds":%.6f,"rps":%.1f,"errors":%d}\n', count, count - untimed, seconds,
        (count - untimed) / seconds, refused))
    file:close()
    assert(os.rename(summary .. ".new", summary))
    wrk.thread:stop()
end

function done(result, latency)
    local errors = result.errors
    io.write(string.format(
        'latency {"p50_us":%d,"p99_us":%d,"max_us":%d,"connection_errors":%d}\n', latency:percentile(50),
        latency:percentile(99), latency.max, errors.connect + errors.read + errors.write + errors.timeout))
end
