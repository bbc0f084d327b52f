#include "daemon/control/session.hpp"

#include "common/base/excerpt.hpp"
#include "common/protocol/codec.hpp"
#include "daemon/control/arguments.hpp"
#include "daemon/control/lines.hpp"
#include "daemon/runtime/deadline.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::control {

namespace asio = boost::asio;
using boost::system::error_code;
using protocol::Effect;

namespace {

constexpr Duration kBusyRetry{100};
constexpr std::array kFeatures{"feat-deadlines", "feat-dry-run", "feat-idempotency",
                               "feat-reserved-lane", "feat-subscriptions"};

bool has_capability(std::string_view name) {
    if (name.starts_with("rpc-")) return protocol::find_method(name.substr(4)) != nullptr;
    return std::ranges::find(kFeatures, name) != kFeatures.end();
}

Error unknown_method(std::string_view name) {
    std::vector<std::string_view> names;
    for (const protocol::Method& method : protocol::methods())
        names.push_back(method.name);
    const std::string close = protocol::nearest(name, names);
    return Error(Errc::NotFound, fmt::format("there is no method '{}'", excerpt(name, 80)),
                 "method",
                 close.empty() ? std::string("vaultctl api describe lists the methods")
                               : fmt::format("did you mean {}?", close));
}

// A refusal changed nothing; only an outcome that nobody knows is told as such.
Effect effect_of(const Error& error, bool mutates) {
    const bool unknown =
        error.code() == Errc::OutcomeUnknown || (error.code() == Errc::Internal && mutates);
    return unknown ? Effect::Unknown : Effect::None;
}

}  // namespace

struct Session::Task {
    const protocol::Method& method;
    Handler handler;
    protocol::Request request;
    std::optional<SteadyTime> deadline;
    SteadyTime begun{};
};

Session::Session(asio::local::stream_protocol::socket socket, Peer peer, Shared shared)
    : socket_(std::move(socket)),
      peer_(peer),
      shared_(shared),
      splitter_(shared.options.frame_max),
      requests_(socket_.get_executor()),
      writer_(socket_.get_executor()),
      subscriptions_({shared.services, shared.options, shared.hub, shared.gate, outlet(),
                      socket_.get_executor()},
                     shared.subscriptions),
      changed_(socket_.get_executor(), asio::steady_timer::time_point::max()),
      out_ready_(socket_.get_executor(), asio::steady_timer::time_point::max()) {
    if (peer_.seat == Seat::Normal)
        share_.emplace(shared_.buckets, peer_.uid, shared_.services.clock.steady());
}

// The server ends a session by close_gently() and close_now(), not by cancelling its coroutine:
// what has begun must be able to await its end.
asio::awaitable<void> Session::run() {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    error_code ignored;
    socket_.non_blocking(true, ignored);
    writer_.spawn(write_loop());
    Result<void> ended = success();
    if (peer_.seat == Seat::Reserved) {
        auto limited = runtime::with_deadline(serve(), shared_.options.reserved_for, "the seat");
        ended = co_await std::move(limited);
    } else {
        auto served = serve();
        ended = co_await std::move(served);
    }
    if (!ended && !broken_) send(protocol::encode_failure(nullptr, ended.error(), Effect::None));
    co_await finish();
}

Session::Void Session::serve() {
    if (!peer_.allowed)
        co_return Error(Errc::PermissionDenied,
                        fmt::format("uid {} may not control this daemon", peer_.uid), "",
                        "whoever may is in the group of its socket");
    if (peer_.seat == Seat::None)
        co_return Error(Errc::Busy, "too many connections", "", "close some and try again");
    auto greeting = runtime::with_deadline(greet(), shared_.options.hello_within, "hello");
    const Result<void> greeted = co_await std::move(greeting);
    if (!greeted) co_return greeted.error();
    // Lines that came along with a refused hello are not run.
    if (closing_) co_return success();
    for (;;) {
        while (auto line = splitter_.next()) {
            take_line(*line);
            auto waiting = room();
            const Result<void> go = co_await std::move(waiting);
            if (!go) co_return success();
        }
        const Result<void> fine = splitter_fault();
        if (!fine) co_return fine.error();
        auto reading = read_more();
        const Result<void> more = co_await std::move(reading);
        if (!more) break;
    }
    if (splitter_.pending() > 0 && !closing_)
        co_return Error(Errc::InvalidParams, "the connection ended inside a line; it was not run",
                        "", "end every request with a line feed");
    co_return success();
}

// Ok when the peer has introduced itself, or has gone without a word.
Session::Void Session::greet() {
    std::optional<std::string> line;
    while (!(line = splitter_.next())) {
        const Result<void> fine = splitter_fault();
        if (!fine) co_return fine.error();
        auto reading = read_more();
        const Result<void> more = co_await std::move(reading);
        if (!more) co_return success();
    }
    protocol::DecodedRequest decoded = protocol::decode_request(*line);
    Result<Answer> hello = decoded.request ? say_hello(decoded.request.value())
                                           : Result<Answer>(decoded.request.error());
    if (hello) {
        send(reply_line(decoded.id, hello.value(), Effect::None, false));
        co_return success();
    }
    send(protocol::encode_failure(decoded.id, hello.error(), Effect::None));
    closing_ = true;
    co_return success();
}

Result<Answer> Session::say_hello(const protocol::Request& request) const {
    if (request.method != "hello")
        return Error(
            Errc::InvalidParams, "the first message of a connection is hello", "method",
            R"(send hello with params {"protocol":{"min":1,"max":1},"client":"name 1.0"})");
    VAULT_TRYV(protocol::validate_params(*protocol::find_method("hello"), request.params));
    VAULT_TRY(const protocol::Hello hello, protocol::read_hello(request.params));
    VAULT_TRY(const int agreed, protocol::agree_protocol(hello));
    for (const std::string& wanted : hello.required_caps)
        if (!has_capability(wanted))
            return Error(Errc::VersionMismatch,
                         fmt::format("this daemon has no capability '{}'", excerpt(wanted, 80)),
                         "caps", "install vaultctl and vaultd of the same release");
    const Services& services = shared_.services;
    const Options& options = shared_.options;
    boost::json::object caps;
    for (const std::string_view feature : kFeatures)
        caps[feature] = true;
    boost::json::object data{
        {"protocol", agreed},
        {"server_version", services.info.version},
        {"instance_id", services.info.instance_id},
        {"caps", std::move(caps)},
        {"limits",
         boost::json::object{{"frame_max", options.frame_max},
                             {"max_in_flight", options.max_in_flight},
                             {"requests_per_second", options.requests_per_second},
                             {"burst", options.burst},
                             {"reserved_reads_per_second", ReservedReads::rate(options)}}},
        {"auth", boost::json::object{{"peer_uid", peer_.uid}}}};
    data["uptime_ms"] =
        std::chrono::duration_cast<Duration>(services.clock.steady() - services.started).count();
    data["reserved_only"] = peer_.seat == Seat::Reserved;
    Answer answer;
    answer.data_json = protocol::to_compact(data);
    return answer;
}

Result<void> Session::splitter_fault() const {
    switch (splitter_.fault()) {
        case protocol::LineSplitter::Fault::None: return success();
        case protocol::LineSplitter::Fault::TooLong:
            return Error(Errc::FrameTooLarge,
                         fmt::format("a request is one line of at most {} bytes",
                                     shared_.options.frame_max));
        case protocol::LineSplitter::Fault::Http:
            return Error(Errc::InvalidParams, "this socket speaks JSON-RPC lines, not HTTP", "",
                         "use vaultctl");
    }
    return success();
}

// Not ok when nothing more will come.
Session::Void Session::read_more() {
    const Error ended(Errc::Io, "the connection has ended");
    // After the end Asio waits for an event that does not come again, so it is remembered.
    if (closing_ || broken_ || peer_done_) co_return ended;
    const auto [error, size] =
        co_await socket_.async_read_some(asio::buffer(in_), asio::as_tuple(asio::use_awaitable));
    // A read that a deadline cut off must not look like a peer that has gone: with_deadline() keeps
    // what work returns, so only an exception makes it say that the time is over.
    if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
    peer_done_ = static_cast<bool>(error);
    if (error || closing_) co_return ended;
    splitter_.feed(std::string_view(in_.data(), size));
    std::fill_n(in_.begin(), size, '\0');  // no copy stays: it may have been a password
    co_return success();
}

bool Session::crowded() const {
    const Options& options = shared_.options;
    return out_bytes_ > options.write_queue_max ||
           reserved_in_flight_ >= options.max_reserved_in_flight ||
           reserved_reads_ >= options.max_reserved_reads;
}

// Before the next line: every other connection gets its turn first, however many lines this one
// sent at once; and reading is held back while the peer takes too little or has too much begun. Not
// ok at the end.
Session::Void Session::room() {
    if (splitter_.pending() > 0) co_await asio::post(socket_.get_executor(), asio::use_awaitable);
    while (!closing_ && !broken_ && crowded()) {
        co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (closing_ || broken_) co_return Error(Errc::Io, "the connection has ended");
    co_return success();
}

void Session::take_line(const std::string& line) {
    protocol::DecodedRequest decoded = protocol::decode_request(line);
    if (!decoded.request) return refuse(decoded.id, "", decoded.request.error());
    protocol::Request request = std::move(decoded.request.value());
    const protocol::Method* method = protocol::find_method(request.method);
    if (method == nullptr) return refuse(request.id, "", unknown_method(request.method));
    std::optional<Duration> retry_after;
    const Result<void> admitted = admit(*method, retry_after);
    if (!admitted) return refuse(request.id, method->name, admitted.error(), retry_after);
    const Result<void> sound = check(*method, request);
    if (!sound) return refuse(request.id, method->name, sound.error());
    start(*method, std::move(request));
}

// Answers what is not begun.
void Session::refuse(const boost::json::value& id, std::string_view method, const Error& error,
                     std::optional<Duration> retry_after) {
    shared_.metrics.refused(method, error.code());
    send(protocol::encode_failure(id, error, Effect::None, retry_after));
}

// The reserved lane passes by every limit of its user. What changes something in it passes always;
// who does nothing but look is held to a rate, or a flood of `status` would wait on the shard
// before the `status` of others.
Result<void> Session::admit_reserved(const protocol::Method& method,
                                     std::optional<Duration>& retry_after) {
    if (method.mutates) return success();
    retry_after = reads_.take(shared_.services.clock.steady(), shared_.options);
    if (!retry_after) return success();
    return Error(Errc::RateLimited,
                 fmt::format("more than {} looks such as {} per second on one connection",
                             ReservedReads::rate(shared_.options), method.name));
}

Result<void> Session::admit(const protocol::Method& method, std::optional<Duration>& retry_after) {
    if (method.reserved) return admit_reserved(method, retry_after);
    if (peer_.seat == Seat::Reserved) {
        retry_after = kBusyRetry;
        return Error(Errc::Busy, "too many connections: this one takes pause, halt, status only");
    }
    VAULT_CHECK(share_.has_value(), "who has a seat has a share of the calls");
    retry_after = share_->take(shared_.services.clock.steady());
    if (retry_after)
        return Error(Errc::RateLimited, fmt::format("more than {} calls per second",
                                                    shared_.options.requests_per_second));
    if (in_flight_ < shared_.options.max_in_flight) return success();
    retry_after = kBusyRetry;
    return Error(Errc::Busy,
                 fmt::format("{} calls of this connection are not answered yet", in_flight_));
}

Result<void> Session::check(const protocol::Method& method,
                            const protocol::Request& request) const {
    if (method.name == "hello")
        return Error(Errc::InvalidParams, "hello was already said", "method",
                     "open another connection");
    VAULT_TRYV(protocol::validate_params(method, request.params));
    if (method.mutates && request.meta.idem_key.empty())
        return Error(Errc::InvalidParams,
                     fmt::format("{} changes something and needs meta.idem_key", method.name),
                     "idem_key",
                     "choose a new key of 1 to 128 letters, digits, . _ : - for every new call");
    return success();
}

void Session::start(const protocol::Method& method, protocol::Request request) {
    const Handler handler = find_handler(method.name);
    VAULT_CHECK(handler != nullptr, "a method of the registry has no handler");
    std::optional<SteadyTime> deadline;
    if (request.meta.deadline)
        deadline = shared_.services.clock.steady() + SteadyTime{*request.meta.deadline};
    ++(method.reserved ? reserved_in_flight_ : in_flight_);
    if (method.reserved && !method.mutates) ++reserved_reads_;
    ++shared_.services.calls;
    shared_.metrics.begun();
    requests_.spawn(answer(std::make_unique<Task>(
        Task{method, handler, std::move(request), deadline, shared_.services.clock.steady()})));
}

// A uid has its share of the calls before it is known who calls; who calls has one too.
Result<void> Session::within_quota(const protocol::Method& method, const Pass& pass) {
    if (method.reserved || pass.caller.user == UserId{}) return success();
    const auto wait =
        shared_.rates.take(pass.caller.user, shared_.services.clock.steady(), shared_.options);
    if (!wait) return success();
    return Error(
        Errc::RateLimited,
        fmt::format("more than {} calls per second of one user", UserRates::rate(shared_.options)),
        "", fmt::format("try again in {} ms", wait->count()));
}

Handled Session::call_handler(const Task& task) {
    const protocol::Meta& meta = task.request.meta;
    if (task.deadline && shared_.services.clock.steady() >= *task.deadline)
        co_return Error(Errc::Expired, "the deadline passed before the call was started",
                        "deadline_ms", "allow more with --timeout");
    auto admitting = shared_.gate.admit({task.method, task.request.params, meta.token, peer_.uid});
    Result<Pass> pass = co_await std::move(admitting);
    if (!pass) co_return pass.error();
    const Result<void> within = within_quota(task.method, pass.value());
    if (!within) co_return within.error();
    Call call{task.method, protocol::Params(task.request.params), {}, {}, {}, &subscriptions_};
    take_pass(call, std::move(pass.value()));
    call.context.dry_run = task.method.mutates && meta.dry_run;
    call.context.reserved = task.method.reserved;
    call.context.deadline = task.deadline;
    if (task.method.mutates) {
        call.context.method = task.method.name;
        call.context.params_json = params_for_trail(task.method, task.request.params);
        call.context.idem_key = meta.idem_key;
        call.context.request =
            request_hash(shared_.services.signer, task.method.name, task.request.params);
    }
    auto handled = task.handler(shared_.services, call);
    co_return co_await std::move(handled);
}

// A fault inside one call must not take the daemon down with it: it is answered as ours.
asio::awaitable<void> Session::answer(std::unique_ptr<Task> task) {
    Result<Answer> result = Error(Errc::Internal, "the call ended in an unexpected way");
    try {
        auto handled = call_handler(*task);
        result = co_await std::move(handled);
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted)
            result = Error(Errc::OutcomeUnknown, "the daemon stopped while the call was running");
        else
            shared_.log.log(LogLevel::Error, "call_failed", error.what());
    } catch (const std::exception& error) {
        shared_.log.log(LogLevel::Error, "call_failed", error.what());
    }
    const protocol::Method& method = task->method;
    --(method.reserved ? reserved_in_flight_ : in_flight_);
    if (method.reserved && !method.mutates) --reserved_reads_;
    changed_.cancel();
    const boost::json::value& id = task->request.id;
    shared_.metrics.ended(method.name, result ? std::nullopt : std::optional{result.error().code()},
                          shared_.services.clock.steady() - task->begun);
    if (!result) {
        const Error error = in_callers_words(std::move(result).error(), method,
                                             protocol::Params(task->request.params));
        send(protocol::encode_failure(id, error, effect_of(error, method.mutates)));
        co_return;
    }
    const bool dry_run = method.mutates && task->request.meta.dry_run;
    const Effect effect = method.mutates && !dry_run ? Effect::Applied : Effect::None;
    send(reply_line(id, result.value(), effect, dry_run));
    subscriptions_.start_new();
}

}  // namespace vault::control
