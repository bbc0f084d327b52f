#include "tests/simulation/simulated_scripts.hpp"

#include <charconv>

namespace vault::simulation {
namespace {

using ports::Action;
using ports::ScriptDecision;
using ports::ScriptFault;
using ports::ScriptPhase;
using ports::ScriptTick;

constexpr std::int64_t kAnswerWithin = 20'000'000;  // nanoseconds

std::uint64_t fingerprint(const ScriptTick& tick) {
    const auto now = tick.market.now.time_since_epoch().count();
    std::uint64_t out = split_seed(static_cast<std::uint64_t>(now), 11);
    for (const char c : tick.sleeve + tick.market.price.value.text() + tick.state)
        out = split_seed(out, static_cast<unsigned char>(c));
    return out;
}

// It counts its decisions, so that one that was forgotten or made twice leads elsewhere.
std::string next_state(const std::string& state) {
    std::uint64_t count = 0;
    std::from_chars(state.data(), state.data() + state.size(), count);
    return std::to_string(count + 1);
}

// None: it is late.
std::optional<ScriptDecision> decide(const ScriptTick& tick) {
    Random random{fingerprint(tick)};
    if (random.below(400) == 0) return std::nullopt;
    ScriptDecision out;
    out.seq = tick.seq;
    out.reason = "waits";
    out.state = next_state(tick.state);
    const bool holds = tick.figures.quantity.is_positive();
    if (!tick.market.warm || random.below(holds ? 12 : 6) != 0) return out;
    out.action = holds ? Action::Sell : Action::Buy;
    out.reason = holds ? "enough" : "dip";
    if (random.below(3) == 0) out.fraction = Decimal::from_raw(Decimal::kOne / 2);
    return out;
}

}  // namespace

Result<void> SimulatedScripts::start(const ports::ScriptSpec& spec) {
    const Kept script = std::make_shared<Script>();
    script->status.name = spec.name;
    scripts_[spec.name] = script;
    become_ready(script, std::chrono::milliseconds{200});
    return success();
}

void SimulatedScripts::enter(const Kept& script, ScriptPhase phase) {
    script->status.phase = phase;
    listener_->changed(script->status);
}

void SimulatedScripts::become_ready(const Kept& script, SteadyTime delay) {
    queue_.in(delay, [this, kept = std::weak_ptr{script}] {
        const Kept alive = kept.lock();
        if (alive == nullptr) return;
        enter(alive, ScriptPhase::Ready);
        go_on(alive);
    });
}

// What comes while it is started again waits: a real one would fail, sooner or later by chance.
void SimulatedScripts::tick(const std::string& name, const ScriptTick& tick) {
    const auto found = scripts_.find(name);
    if (found == scripts_.end())
        return listener_->failed(name, tick.seq, {ScriptFault::NotRunning, "it does not run"});
    found->second->waiting.push_back(tick);
    go_on(found->second);
}

void SimulatedScripts::go_on(const Kept& script) {
    if (script->busy || script->waiting.empty() || script->status.phase != ScriptPhase::Ready)
        return;
    script->busy = true;
    const SteadyTime delay{static_cast<std::int64_t>(queue_.random().below(kAnswerWithin))};
    queue_.in(delay, [this, kept = std::weak_ptr{script}] {
        if (const Kept alive = kept.lock()) answer(alive);
    });
}

void SimulatedScripts::answer(const Kept& script) {
    script->busy = false;
    const ScriptTick tick = std::move(script->waiting.front());
    script->waiting.pop_front();
    const std::string& name = script->status.name;
    if (const auto decision = decide(tick)) {
        listener_->decided(name, *decision);
        return go_on(script);
    }
    listener_->failed(name, tick.seq, {ScriptFault::Late, "no decision came"});
    enter(script, ScriptPhase::Waiting);
    become_ready(script, std::chrono::seconds{1});
}

void SimulatedScripts::stop(const std::string& name) {
    const auto node = scripts_.extract(name);
    if (node.empty()) return;
    for (const ScriptTick& tick : node.mapped()->waiting)
        listener_->failed(name, tick.seq, {ScriptFault::NotRunning, "it was stopped"});
}

std::vector<ports::ScriptStatus> SimulatedScripts::status() const {
    std::vector<ports::ScriptStatus> all;
    for (const auto& [name, script] : scripts_)
        all.push_back(script->status);
    return all;
}

}  // namespace vault::simulation
