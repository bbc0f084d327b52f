// The part of Shard for sleeves that a script decides for: which scripts shall run, what they are
// asked, and what becomes of their answers. A replay stands still while an answer is due, and takes
// the answers of one tick in the order of its listeners, whichever came first: two runs agree. A
// live market goes on, and each answer counts as it comes.
#include "daemon/engine/shard.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {
namespace {

constexpr std::uint64_t kMiB = 1U << 20U;

}  // namespace

std::map<std::string, ports::ScriptSpec> Shard::wanted_scripts() const {
    std::map<std::string, ports::ScriptSpec> wanted;
    for (const Vault& vault : world_.vaults)
        for (const Sleeve& sleeve : vault.sleeves) {
            if (!sleeve.script || wanted.contains(sleeve.script->name)) continue;
            const ScriptSetting& setting = sleeve.script->setting;
            ports::ScriptSpec& spec = wanted[sleeve.script->name];
            spec.name = sleeve.script->name;
            spec.command = command_words(setting.command).value();
            spec.folder = options_.scripts_path + "/" + world_.user_of(vault).row.name;
            if (!setting.folder.empty()) spec.folder += "/" + setting.folder;
            spec.limits.decision = setting.deadline;
            spec.limits.memory_bytes = setting.memory_mib * kMiB;
        }
    return wanted;
}

std::vector<ScriptAsk> Shard::take_asks() {
    std::vector<ScriptAsk> asks = recorder_.take_asks();
    for (const ScriptAsk& ask : asks)
        asked_[ask.tick.seq] = {ask.vault, ask.sleeve, ask.pair};
    return asks;
}

// What they told before does not count for the run that begins.
std::set<std::string> Shard::take_restarts() {
    std::set<std::string> restarts = recorder_.take_restarts();
    for (const std::string& name : restarts)
        world_.scripts.erase(name);
    return restarts;
}

void Shard::on_script_news(const ScriptNews& news) {
    if (news.seq == 0) return tell_script(news.status);
    const auto node = asked_.extract(news.seq);
    if (node.empty()) return;
    Vault& vault = *world_.find_vault(node.mapped().vault);
    Sleeve& sleeve = vault.sleeve(node.mapped().sleeve);
    PairSlot* const slot = find_slot(sleeve, node.mapped().pair);
    if (slot == nullptr || !sleeve.script) return;  // its owner has changed that meanwhile
    ScriptSlot& own = sleeve.script->slots[slot->pair];
    if (!own.asked || own.seq != news.seq || own.answer) return;
    own.answer = news.answer;
    Account& account = world_.account_of(vault);
    Market& market = world_.market_of(account);
    if (market.exchange.empty()) {
        if (--market.awaited == 0) settle_answers(account);
        return;
    }
    for (const Listener& listener : market.pairs.at(slot->pair).listeners)
        if (listener.slot == slot) return settle(listener);
}

// All answers of a replay's tick, in the order in which the built-in rules would have decided.
void Shard::settle_answers(Account& account) {
    for (auto& [pair, at] : world_.market_of(account).pairs)
        for (const Listener& listener : at.listeners)
            if (listener.sleeve->script) settle(listener);
    touch_all(account);
}

// The one that was waited for may have gone with a command; then the others' answers count now.
void Shard::settle_overdue(Account& account) {
    const Market& market = world_.market_of(account);
    if (!market.exchange.empty() || market.awaited > 0) return;
    const auto answered = [](const Listener& at) {
        return at.sleeve->script && at.sleeve->script->slots.at(at.slot->pair).answer;
    };
    const bool overdue = std::ranges::any_of(market.pairs, [&](const auto& entry) {
        return std::ranges::any_of(entry.second.listeners, answered);
    });
    if (overdue) settle_answers(account);
}

void Shard::settle(const Listener& listener) {
    ScriptSlot& own = listener.sleeve->script->slots[listener.slot->pair];
    if (!own.answer) return;
    const ScriptAnswer answer = *std::exchange(own.answer, std::nullopt);
    SleeveTrader{world_, recorder_}.on_script_answer(listener, market_view(world_, listener),
                                                     answer);
}

// Ticks that were in flight when the state was stored. The window holds what they saw.
void Shard::show_again(Account& account) {
    Market& market = world_.market_of(account);
    if (market.scripts.empty()) return;
    SleeveTrader trader{world_, recorder_};
    for (auto& [pair, at] : market.pairs)
        for (const Listener& listener : at.listeners) {
            if (!listener.sleeve->script) continue;
            const ScriptSlot& own = listener.sleeve->script->slots[pair];
            if (own.asked && own.seq == 0)
                trader.show_again(listener, market_view(world_, listener));
        }
}

// A live market did not wait: its next price is judged at once.
void Shard::forget_ticks(Vault& vault) {
    const Market& market = world_.market_of(world_.account_of(vault));
    if (market.exchange.empty()) return;
    for (Sleeve& sleeve : vault.sleeves) {
        if (!sleeve.script) continue;
        for (auto& [pair, own] : sleeve.script->slots) {
            own.forget_tick();
            own.marks.judge_exits = true;
        }
    }
}

void Shard::tell_script(const ports::ScriptStatus& status) {
    ScriptHealth& health = world_.scripts[status.name];
    const bool had_given_up = health.gave_up();
    health = {status.phase, status.last_fault};
    if (had_given_up || !health.gave_up()) return;
    const std::string why = health.fault ? fault_text(*health.fault) : "it does not run";
    for (const Vault& vault : world_.vaults)
        for (const Sleeve& sleeve : vault.sleeves) {
            if (!sleeve.script || sleeve.script->name != status.name) continue;
            const std::string name = sleeve_name(vault, sleeve.kind);
            recorder_.event(
                owner_of(vault, "engine"), world_.market_of(world_.account_of(vault)).now, "alert",
                "script_gave_up", name,
                fmt::format("the script of {} was given up ({}): it holds, an open position keeps "
                            "the built-in stop-loss; mend the script, then vaultctl sleeve resume "
                            "{} {}",
                            name, why, to_text(vault.row.id), to_text(sleeve.kind)));
        }
}

}  // namespace vault::engine
