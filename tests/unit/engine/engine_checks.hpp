#pragma once
// The invariants of reference/reliability.md as the whole engine must keep them, in the terms of
// design/domain.md: one watcher per name, with a memory of its own, shown every step of a random
// life. A watcher answers with what is wrong, or with nothing.
#include "tests/unit/engine/shard_desk.hpp"

#include <functional>

namespace vault::engine::test {

// What kind of thing happened, as far as a watcher needs to know.
enum class StepKind : std::uint8_t { Tick, Command, Wallet, Restart };

struct EngineStep {
    const ShardDesk& desk;
    StepKind kind = StepKind::Tick;
    std::string what;      // for people
    bool refused = false;  // a command that must have changed nothing
    AccountId account;     // Tick: whose market

    const World& world() const { return desk.world(); }
    const ports::Batch& rows() const { return desk.last(); }
};

using Watcher = std::function<std::string(const EngineStep&)>;
struct NamedWatcher {
    std::string_view name;
    Watcher watch;
};

// Calls f for each order that was decided in this step: a market's time moves with each price. The
// first complaint wins.
using NewOrder = std::function<std::string(const Vault& vault, const Sleeve& sleeve,
                                           const ports::OrderRow& row, const Order& order)>;
std::string each_new_order(const EngineStep& step, const NewOrder& f);
// Of the pair in the vault's market; and of one unit of the vault's asset in that of the caps
// (cap_checks.cpp).
std::optional<Decimal> last_price(const EngineStep& step, const Vault& vault, const Pair& pair);
std::optional<Decimal> rate(const EngineStep& step, const Vault& vault);

Watcher cap_watcher();                            // cap_checks.cpp
Watcher cap_day_watcher();                        // cap_day_checks.cpp
std::vector<NamedWatcher> order_rule_watchers();  // order_checks.cpp
// All of them, fresh; or the one of that name.
std::vector<NamedWatcher> engine_watchers();
Watcher engine_watcher(std::string_view name);

}  // namespace vault::engine::test
