#include "tests/simulation/clients.hpp"

#include <fmt/format.h>

namespace vault::simulation {
namespace {

namespace cmd = ports::cmd;

constexpr std::size_t kClients = 6;
constexpr std::uint32_t kSegments = 2;  // markets that an account goes through

Error line_cut() {
    return Error{Errc::DaemonDown, "the line was cut"};
}

bool unclear(const Result<ports::Reply>& result) {
    if (result) return !result.value().durable;
    return temporary(result.error().code()) || result.error().code() == Errc::DaemonDown;
}

}  // namespace

Clients::Clients(EventQueue& queue, Process& process, Oracle& oracle, const Plan& plan)
    : queue_(queue),
      process_(process),
      oracle_(oracle),
      plan_(plan),
      random_(split_seed(plan.seed, 4)),
      source_(plan, split_seed(plan.seed, 5)) {}

SteadyTime Clients::some(std::int64_t most_ms) {
    return std::chrono::microseconds{
        1 + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most_ms) * 1'000))};
}

void Clients::send(Call& call, Then then) {
    if (!process_.up()) {
        queue_.in(some(500), [then = std::move(then)] { then(line_cut()); });
        return;
    }
    const std::uint64_t ticket = ++last_ticket_;
    waiting_[ticket] = {&call, std::move(then)};
    ++call.attempts;
    oracle_.on_sent(call);
    ports::CallContext context = call.context;
    if (random_.below(30) == 0) context.deadline = queue_.clock().peek() + some(40);
    ports::Command command = call.draft.command;
    if (auto* correction = std::get_if<cmd::CorrectEntry>(&command))
        correction->entry = oracle_.entry(correction->vault, correction->reverses);
    oracle_.calls().set_overtaking(call.mutation && context.reserved && !context.dry_run);
    process_.loop().call(
        context, std::move(command), render,
        [this, ticket](const Result<ports::Reply>& result) { answered(ticket, result); });
    oracle_.calls().set_overtaking(false);
}

void Clients::answered(std::uint64_t ticket, const Result<ports::Reply>& result) {
    auto found = waiting_.extract(ticket);
    if (found.empty()) return oracle_.complain("a call was answered twice");
    const Waiting waiting = std::move(found.mapped());
    oracle_.on_answer(*waiting.call, result, BatchNo{process_.loop().progress().batch.load()});
    // The client hears of it a little later, never inside the turn.
    queue_.in(some(3), [then = waiting.then, result] { then(result); });
}

void Clients::on_death() {
    oracle_.on_crash();
    for (auto& [ticket, waiting] : std::exchange(waiting_, {})) {
        Calls::on_lost(*waiting.call);
        queue_.in(some(50), [then = waiting.then] { then(line_cut()); });
    }
}

void Clients::insist(Call& call, Then then) {
    Then again = [this, &call, then = std::move(then)](const Result<ports::Reply>& result) mutable {
        if (!unclear(result)) return then(result);
        queue_.in(some(200), [this, &call, then = std::move(then)] { insist(call, then); });
    };
    send(call, std::move(again));
}

void Clients::script(std::vector<Draft> drafts, std::function<void()> done) {
    script_.assign(drafts.begin(), drafts.end());
    script_done_ = std::move(done);
    script_next();
}

void Clients::script_next() {
    if (script_.empty()) return script_done_();
    Call& call = oracle_.calls().make(std::move(script_.front()), "root");
    script_.pop_front();
    insist(call, [this, &call](const Result<ports::Reply>& result) {
        if (on_script_answer) on_script_answer(call, result);
        script_next();
    });
}

void Clients::begin() {
    for (std::size_t i = 0; i < kClients; ++i)
        queue_.in(some(100), [this, i] { act(i); });
    for (std::size_t i = 0; i < plan_.account_owner.size(); ++i) {
        pacers_.push_back({AccountId{static_cast<std::uint32_t>(i + 1)}, 0, kMarketStart, false});
        queue_.in(some(100), [this, i] { pace(i); });
    }
    markets_running_ = pacers_.size();
}

void Clients::stop() {
    stopped_ = true;
}

Call& Clients::choose() {
    const std::string actor = random_.below(4) == 0 ? "root" : plan_.users.front();
    const std::uint64_t kind = random_.below(20);
    if (kind < 5) return oracle_.calls().make(source_.query(), actor);
    if (kind == 5 && !finished_.empty())
        return oracle_.calls().make_mismatch(*finished_[random_.below(finished_.size())],
                                             source_.mutation());
    if (kind < 8 && !finished_.empty()) return *finished_[random_.below(finished_.size())];
    return oracle_.calls().make(source_.mutation(), actor);
}

void Clients::act(std::size_t client) {
    if (stopped_) return;
    Call& call = choose();
    send(call, [this, client, &call](const Result<ports::Reply>& result) {
        after(client, call, result);
    });
}

// Most try again when they do not know, some give up; all do at the end, also of what they were
// about to repeat: it would come after the last barrier.
void Clients::after(std::size_t client, Call& call, const Result<ports::Reply>& result) {
    const bool again = call.mutation && unclear(result) && random_.below(5) > 0;
    if (again && !stopped_) {
        queue_.in(some(300), [this, client, &call] {
            if (stopped_) return;
            send(call, [this, client, &call](const Result<ports::Reply>& next) {
                after(client, call, next);
            });
        });
        return;
    }
    const bool acknowledged = result && result.value().durable && call.mutation &&
                              !call.draft.dry_run && !call.must_mismatch;
    if (acknowledged) finished_.push_back(&call);
    queue_.in(some(120), [this, client] { act(client); });
}

void Clients::pace(std::size_t index) {
    const AccountId account = pacers_[index].account;
    Call& call = oracle_.calls().make({cmd::ReplayStatus{account}}, "root");
    insist(call, [this, index](const Result<ports::Reply>& result) {
        pace_on(index, result ? result.value().data_json : result.error().message());
    });
}

void Clients::pace_on(std::size_t index, const std::string& state) {
    Pacer& pacer = pacers_[index];
    if (state == "running") {
        queue_.in(some(400), [this, index] { pace(index); });
        return;
    }
    const UtcTime end = kMarketStart + std::chrono::days{plan_.days};
    Draft next;
    if (pacer.until >= end) {
        --markets_running_;
        return;
    }
    const bool change = pacer.segment + 1 < kSegments && plan_.days > 1 &&
                        pacer.until >= kMarketStart + std::chrono::days{plan_.days / 2};
    if (change && !std::exchange(pacer.stopped_for_next, true)) {
        next.command = cmd::ReplayStop{pacer.account};
    } else if (change) {
        ++pacer.segment;
        cmd::ReplayStart start = replay_start(plan_, pacer.account, pacer.segment);
        start.from = floor_day(pacer.until) + std::chrono::days{1};
        pacer.until = *start.from;
        next.command = std::move(start);
    } else {
        const auto minutes = 20 + static_cast<std::int64_t>(random_.below(300));
        pacer.until = std::min(end, pacer.until + std::chrono::minutes{minutes});
        next.command = cmd::ReplayRun{pacer.account, pacer.until};
    }
    Call& call = oracle_.calls().make(std::move(next), "root");
    insist(call, [this, index](const Result<ports::Reply>&) {
        queue_.in(some(60), [this, index] { pace(index); });
    });
}

}  // namespace vault::simulation
