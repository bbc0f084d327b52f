#include "daemon/runner/hook_client.hpp"

#include "daemon/runtime/deadline.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <utility>

namespace vault::runner {
namespace asio = boost::asio;
namespace {

Error failed(const std::string& problem) {
    return Error{Errc::Io, problem, {}, "see the program, and the log of vaultd-runner"};
}

Result<void> outcome_told(const ToldRan& told) {
    if (told.end == HookEnd::Done) return success();
    if (told.end == HookEnd::Failed) return failed(told.problem);
    return Error{Errc::Expired, told.problem, {}, "see what the program waits for"};
}

}  // namespace

HookClient::HookClient(asio::any_io_executor executor, Link& link)
    : executor_(std::move(executor)), link_(link) {
    link_.add(*this);
}

asio::awaitable<Result<void>> HookClient::run(ports::HookCall call) {
    const asio::any_io_executor caller = co_await asio::this_coro::executor;
    const std::uint64_t id = ++last_id_;
    const std::string what = call.command.front();
    const Duration limit = call.limit + kSlack;
    std::string line =
        seam_run_line({id, std::move(call.command), std::move(call.input), call.limit});
    if (line.size() > kSeamLineMost) co_return failed("the message is too long for a program");
    const auto waiting = std::make_shared<Waiting>(
        Waiting{id, std::move(line), asio::steady_timer{caller}, std::nullopt});
    auto outcome = runtime::with_deadline(outcome_of(waiting), limit, what);
    co_return co_await std::move(outcome);
}

asio::awaitable<Result<void>> HookClient::outcome_of(Shared waiting) {
    waiting->ended.expires_at(asio::steady_timer::time_point::max());
    asio::post(executor_, [this, waiting] { begin(waiting); });
    co_await waiting->ended.async_wait(asio::as_tuple(asio::use_awaitable));
    asio::post(executor_, [this, id = waiting->id] { waiting_.erase(id); });
    co_return waiting->outcome.value_or(failed("nobody waits for it any more"));
}

void HookClient::begin(const Shared& waiting) {
    link_.open();
    if (down_.empty()) down_ = link_.gone();
    if (!down_.empty()) return end(waiting, failed(down_));
    waiting_.emplace(waiting->id, waiting);
    link_.send(waiting->line);  // nothing yet, if it is not up: then runner_up() sends it
}

void HookClient::end(const Shared& waiting, Result<void> outcome) {
    asio::post(waiting->ended.get_executor(), [waiting, outcome = std::move(outcome)] {
        waiting->outcome = outcome;
        waiting->ended.cancel();
    });
}

void HookClient::runner_up() {
    down_.clear();
    for (const auto& [id, waiting] : waiting_)
        link_.send(waiting->line);
}

void HookClient::runner_down(const std::string& why, bool) {
    down_ = why;
    for (const auto& [id, waiting] : std::exchange(waiting_, {}))
        end(waiting, failed(why));
}

void HookClient::told(const Told& told) {
    const auto* const ran = std::get_if<ToldRan>(&told);
    if (ran == nullptr) return;
    const auto found = waiting_.find(ran->id);
    if (found == waiting_.end()) return;  // its caller is gone
    end(found->second, outcome_told(*ran));
    waiting_.erase(found);
}

}  // namespace vault::runner
