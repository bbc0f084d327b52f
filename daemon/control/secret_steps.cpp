#include "daemon/control/secret_steps.hpp"

#include "daemon/control/render_views.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vault::control {

namespace asio = boost::asio;
namespace cmd = ports::cmd;
using ports::KeyStep;

namespace {

constexpr std::chrono::milliseconds kPause{5};
constexpr int kPrepared = 8;  // a master key's row, a data key's, and somebody else's in between
constexpr int kTries = 400;   // 2 s: a change takes a commit of the store

// Asks for the next change until no other is on its way.
asio::awaitable<Result<KeyStep>> proposed(const ProposeStep& propose) {
    for (int i = 1;; ++i) {
        Result<KeyStep> step = propose();
        if (step || step.error().code() != Errc::Busy || i == kTries) co_return step;
        asio::steady_timer pause(co_await asio::this_coro::executor, kPause);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

// Nobody's command: the trail tells the end of a rotation alone.
asio::awaitable<Result<void>> keep(Services& services, KeyStep step) {
    cmd::ChangeIdentity command;
    command.object = step.ends;
    command.housekeeping = step.ends.empty();
    command.secrets = step.changes;
    ports::CallContext context;
    if (!command.housekeeping) {
        context.actor = "engine";
        context.method = kRotate;
    }
    auto executing =
        services.commands.execute(std::move(context), std::move(command), &render_nothing);
    const Result<ports::Reply> reply = co_await std::move(executing);
    services.secrets.done(step);
    if (!reply) co_return reply.error();
    co_return success();
}

// Proposes one step and has it stored; false: there was nothing to do.
asio::awaitable<Result<bool>> took_step(Services& services, const ProposeStep& propose) {
    auto proposing = proposed(propose);
    Result<KeyStep> step = co_await std::move(proposing);
    if (!step) co_return step.error();
    if (step.value().empty()) co_return false;
    auto keeping = keep(services, std::move(step.value()));
    const Result<void> kept = co_await std::move(keeping);
    if (!kept) co_return kept.error();
    co_return true;
}

}  // namespace

asio::awaitable<Result<void>> prepare_secrets(Services& services, UserId user) {
    const ProposeStep propose = [&] { return services.secrets.prepare(user); };
    for (int i = 0; i < kPrepared; ++i) {
        auto taking = took_step(services, propose);
        const Result<bool> took = co_await std::move(taking);
        if (!took) co_return took.error();
        if (!took.value()) co_return success();
    }
    co_return Error{Errc::Busy, "the keys of this user change all the time", {}, "try again"};
}

Handled begin_rotation(Services& services, const Call& call, const ProposeStep& propose,
                       const BeginRotation& begin) {
    auto proposing = proposed(propose);
    const Result<KeyStep> step = co_await std::move(proposing);
    cmd::ChangeIdentity command = begin(step ? &step.value().changes : nullptr);
    if (step)
        command.secrets = step.value().changes;
    else
        command.refusal = step.error();
    auto executing = execute(services, call, std::move(command), &render_view);
    Result<Answer> answer = co_await std::move(executing);
    if (step) services.secrets.done(step.value());
    co_return answer;
}

asio::awaitable<Result<void>> finish_rotations(Services& services,
                                               std::optional<SteadyTime> until) {
    const ProposeStep propose = [&] { return services.secrets.next_step(); };
    for (;;) {
        if (until && services.clock.steady() > *until)
            co_return Error{Errc::Expired, "the rotation is not at its end yet"};
        auto taking = took_step(services, propose);
        const Result<bool> took = co_await std::move(taking);
        if (!took) co_return took.error();
        if (!took.value()) co_return success();
    }
}

}  // namespace vault::control
