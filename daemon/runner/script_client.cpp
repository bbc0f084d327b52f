#include "daemon/runner/script_client.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace vault::runner {

using ports::ScriptComplaint;
using ports::ScriptFault;
using ports::ScriptPhase;

namespace {

constexpr auto kWatchEvery = std::chrono::milliseconds{250};

}  // namespace

ScriptClient::ScriptClient(boost::asio::any_io_executor executor, Link& link, const Clock& clock,
                           Logger& logger)
    : executor_(std::move(executor)),
      link_(link),
      clock_(clock),
      logger_(logger),
      timer_(executor_) {
    link.add(*this);
}

// Whoever asks is never told inside the call.
void ScriptClient::later(std::function<void()> tell) {
    boost::asio::post(executor_, std::move(tell));
}

Result<void> ScriptClient::start(const ports::ScriptSpec& spec) {
    VAULT_CHECK(listener_ != nullptr, "whoever starts a script listens to it");
    if (scripts_.contains(spec.name))
        return Error{Errc::Exists, fmt::format("the script '{}' runs already", spec.name), "script",
                     "stop it first"};
    Script& script = scripts_[spec.name];
    script.spec = spec;
    script.status.name = spec.name;
    if (link_.up()) {
        link_.send(seam_start_line(spec));
        return success();
    }
    script.status.phase = ScriptPhase::Waiting;
    if (link_.gone().empty()) {
        link_.open();
        return success();
    }
    set_phase(script, ScriptPhase::GaveUp, ScriptComplaint{ScriptFault::NotRunning, link_.gone()});
    return success();
}

void ScriptClient::tick(const std::string& name, const ports::ScriptTick& tick) {
    const auto at = scripts_.find(name);
    if (at == scripts_.end())
        return fail(name, tick.seq, {ScriptFault::NotRunning, "nobody has started it"});
    Script& script = at->second;
    if (!link_.up())
        return fail(name, tick.seq,
                    {ScriptFault::NotRunning,
                     link_.gone().empty() ? "vaultd-runner is not there" : link_.gone()});
    if (script.silent)
        return fail(name, tick.seq, {ScriptFault::NotRunning, "vaultd-runner does not answer"});
    script.waiting[tick.seq] = clock_.steady();
    link_.send(seam_tick_line(name, tick));
    watch();
}

void ScriptClient::fail(const std::string& name, std::uint64_t seq, ScriptComplaint why) {
    later([this, name, seq, why = std::move(why)] { listener_->failed(name, seq, why); });
}

void ScriptClient::stop(const std::string& name) {
    const auto at = scripts_.find(name);
    if (at == scripts_.end()) return;
    auto node = scripts_.extract(at);
    fail_waiting(node.mapped(), {ScriptFault::NotRunning, "it was stopped"});
    if (!link_.up() || node.mapped().refused) return;
    link_.send(seam_stop_line(name));
    ++stopping_[name];
}

std::vector<ports::ScriptStatus> ScriptClient::status() const {
    std::vector<ports::ScriptStatus> all;
    for (const auto& [name, script] : scripts_)
        all.push_back(script.status);
    return all;
}

void ScriptClient::fail_waiting(Script& script, const ScriptComplaint& why) {
    for (const auto& [seq, since] : std::exchange(script.waiting, {}))
        fail(script.spec.name, seq, why);
}

void ScriptClient::set_phase(Script& script, ScriptPhase phase,
                             std::optional<ScriptComplaint> why) {
    script.status.phase = phase;
    if (why) {
        ++script.status.faults;
        script.status.last_fault = std::move(why);
    }
    later([this, status = script.status] { listener_->changed(status); });
}

void ScriptClient::runner_up() {
    for (auto& [name, script] : scripts_) {
        script.silent = script.refused = false;
        link_.send(seam_start_line(script.spec));
        set_phase(script, ScriptPhase::Starting, std::nullopt);
    }
}

void ScriptClient::runner_down(const std::string& why, bool returns) {
    stopping_.clear();
    const ScriptComplaint complaint{ScriptFault::NotRunning, why};
    for (auto& [name, script] : scripts_) {
        fail_waiting(script, complaint);
        const ScriptPhase phase = returns ? ScriptPhase::Waiting : ScriptPhase::GaveUp;
        if (script.status.phase != phase) set_phase(script, phase, complaint);
    }
}

void ScriptClient::told(const Told& told) {
    last_told_ = clock_.steady();
    std::visit([this](const auto& each) { take(each); }, told);
}

ScriptClient::Script* ScriptClient::heard(const std::string& name) {
    const auto at = scripts_.find(name);
    if (at == scripts_.end()) return nullptr;  // it was stopped meanwhile
    at->second.heard = last_told_;
    at->second.silent = false;
    return &at->second;
}

// False: nobody waits for it any more.
bool ScriptClient::answered(const std::string& name, std::uint64_t seq) {
    Script* const script = heard(name);
    return script != nullptr && script->waiting.erase(seq) == 1;
}

void ScriptClient::take(const ToldDecision& told) {
    if (!answered(told.script, told.decision.seq)) return;
    ++scripts_[told.script].status.decisions;
    listener_->decided(told.script, told.decision);
}

void ScriptClient::take(const ToldFailed& told) {
    if (answered(told.script, told.seq)) listener_->failed(told.script, told.seq, told.why);
}

// What is still told of a run that was stopped does not count for the one that was started anew.
void ScriptClient::take(const ToldScript& told) {
    const auto stopping = stopping_.find(told.status.name);
    const bool stopped = told.status.phase == ScriptPhase::Stopped;
    if (stopping != stopping_.end()) {
        if (stopped && --stopping->second == 0) stopping_.erase(stopping);
        return;
    }
    Script* const script = heard(told.status.name);
    if (script == nullptr || stopped) return;
    script->status = told.status;
    listener_->changed(told.status);
}

void ScriptClient::take(const ToldRefused& told) {
    Script* const script = heard(told.script);
    if (script == nullptr) return;
    script->refused = true;
    set_phase(*script, ScriptPhase::GaveUp, ScriptComplaint{ScriptFault::CannotStart, told.why});
}

void ScriptClient::watch() {
    if (std::exchange(watching_, true)) return;
    timer_.expires_after(kWatchEvery);
    timer_.async_wait([this](const boost::system::error_code& status) {
        if (status) return;
        watching_ = false;
        check_silence();
    });
}

// The runner holds every decision to its deadline; this is for a runner that does not.
void ScriptClient::check_silence() {
    const SteadyTime now = clock_.steady();
    bool go_on = false, silent = false;
    for (auto& [name, script] : scripts_) {
        if (is_overdue(script, now)) {
            script.silent = true;
            logger_.log(LogLevel::Alert, "runner",
                        name + ": vaultd-runner does not answer in time");
            fail_waiting(script, {ScriptFault::Late, "vaultd-runner does not answer in time"});
        }
        silent = silent || script.silent;
        go_on = go_on || script.silent || !script.waiting.empty();
    }
    if (silent && now - last_told_ >= kSilence)
        return link_.give_up("vaultd-runner says nothing any more");
    if (go_on) watch();
}

bool ScriptClient::is_overdue(const Script& script, SteadyTime now) {
    if (script.silent || script.waiting.empty()) return false;
    // Sequence numbers ascend, so the first was sent first.
    const SteadyTime since = std::max(script.heard, script.waiting.begin()->second);
    SteadyTime most = kSlack + script.spec.limits.decision;
    if (script.status.phase == ScriptPhase::Starting) most += script.spec.limits.start;
    return now - since >= most;
}

}  // namespace vault::runner
