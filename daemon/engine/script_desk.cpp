#include "daemon/engine/script_desk.hpp"

namespace vault::engine {

using ports::ScriptComplaint;
using ports::ScriptFault;

// What a script has seen may have been taken back with the shard before: it begins anew, as the
// shard does. One that was given up stays so.
void ScriptDesk::introduce(Shard& shard) {
    shard.number_ticks_after(last_seq_);
    const auto begins_anew = [this](const auto& wanted) {
        const auto status = statuses_.find(wanted.first);
        return status == statuses_.end() || status->second.phase != ports::ScriptPhase::GaveUp;
    };
    Specs given_up = wanted_;
    std::erase_if(given_up, begins_anew);
    want(std::move(given_up));
    news_.clear();
    for (const auto& [name, status] : statuses_) {
        ScriptNews news;
        news.script = name;
        news.status = status;
        shard.on_script_news(news);
    }
}

void ScriptDesk::serve(Shard& shard) {
    std::set<std::string> restarts = shard.take_restarts();
    if (shard.take_scripts_changed()) {
        Specs wanted = shard.wanted_scripts();
        for (const auto& [name, spec] : wanted)
            if (!wanted_.contains(name)) restarts.erase(name);  // it begins now anyway
        want(std::move(wanted));
    }
    for (const std::string& name : restarts) {
        const auto spec = wanted_.find(name);
        if (spec == wanted_.end()) continue;
        if (host_ != nullptr) host_->stop(name);
        statuses_.erase(name);
        start(spec->second);
    }
    for (const ScriptAsk& ask : shard.take_asks()) {
        last_seq_ = std::max(last_seq_, ask.tick.seq);
        if (host_ != nullptr)
            host_->tick(ask.script, ask.tick);
        else
            failed(ask.script, ask.tick.seq, {ScriptFault::NotRunning, "nobody runs scripts here"});
    }
}

void ScriptDesk::want(Specs wanted) {
    for (const auto& [name, spec] : wanted_) {
        if (wanted.contains(name)) continue;
        if (host_ != nullptr) host_->stop(name);
        statuses_.erase(name);
    }
    const Specs before = std::exchange(wanted_, std::move(wanted));
    for (const auto& [name, spec] : wanted_)
        if (!before.contains(name)) start(spec);
}

void ScriptDesk::start(const ports::ScriptSpec& spec) {
    std::optional<ScriptComplaint> why;
    if (host_ == nullptr) {
        why = ScriptComplaint{ScriptFault::NotRunning, "nobody runs scripts here"};
    } else if (const auto started = host_->start(spec); !started) {
        why = ScriptComplaint{ScriptFault::CannotStart, started.error().message()};
    }
    if (!why) return;
    ports::ScriptStatus status;
    status.name = spec.name;
    status.phase = ports::ScriptPhase::GaveUp;
    status.last_fault = std::move(why);
    changed(status);
}

void ScriptDesk::note(ScriptNews news) {
    news_.push_back(std::move(news));
    wake_();
}

void ScriptDesk::tell_news(Shard& shard) {
    for (const ScriptNews& news : std::exchange(news_, {}))
        shard.on_script_news(news);
}

void ScriptDesk::decided(const std::string& script, const ports::ScriptDecision& decision) {
    note({script, decision.seq, {decision, {}}, {}});
}

void ScriptDesk::failed(const std::string& script, std::uint64_t seq, const ScriptComplaint& why) {
    note({script, seq, {std::nullopt, why}, {}});
}

void ScriptDesk::changed(const ports::ScriptStatus& status) {
    if (!wanted_.contains(status.name)) return;  // it was stopped meanwhile
    statuses_[status.name] = status;
    note({status.name, 0, {}, status});
}

}  // namespace vault::engine
