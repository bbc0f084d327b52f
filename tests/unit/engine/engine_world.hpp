#pragma once
// EngineWorld: random lives of a whole shard. One seed makes users, paper accounts with several
// vaults, a venue with its moods (partial fills, refusals, latency, fees in the base) and then
// steps: prices, and every command that a person can give, sensible or not, with restarts in
// between. After each step the watchers look at everything.
#include "tests/unit/engine/engine_checks.hpp"

#include <deque>
#include <random>

namespace vault::engine::test {

class EngineWorld {
  public:
    explicit EngineWorld(std::uint64_t seed);

    void watch(NamedWatcher watcher) { watchers_.push_back(std::move(watcher)); }
    // False on the first complaint; failure() then has it, with the seed and the last steps.
    bool run(int steps);
    const std::string& failure() const { return failure_; }
    const ShardDesk& desk() const { return desk_; }
    // How often each kind of thing happened: commands done and refused by name, entries, states.
    const std::map<std::string, std::uint64_t>& seen() const { return seen_; }

  private:
    void set_up();
    void step();
    void price();
    void command();
    void restart();
    void market_status();

    void money_command();
    void hold_command();
    void settings_command();
    void caps_command();
    void wallet_command();
    void position_command();
    void adopt(VaultId id, SleeveKind kind);
    void hand_trade();

    void send(const std::string& name, const ports::Command& command,
              StepKind kind = StepKind::Command);
    void look(const EngineStep& step);
    void count_rows();
    void fail(const std::string& what);

    std::uint64_t roll(std::uint64_t n) { return random_() % n; }
    bool chance(int percent) { return roll(100) < static_cast<std::uint64_t>(percent); }
    template <class T>
    const T& any_of(const std::vector<T>& from) {
        return from[roll(from.size())];
    }
    Decimal amount(Decimal about);
    VaultId any_vault();
    AccountId any_account();
    SleeveKind any_sleeve() { return chance(40) ? SleeveKind::Quiet : SleeveKind::Flash; }
    cmd::Target any_target();
    std::map<std::string, std::string> any_settings();
    std::map<std::string, std::string> any_caps(risk::Level level);
    risk::Caps any_daemon_caps();
    risk::OrderRules any_order_rules();
    std::vector<Pair> pushed_pairs(AccountId account) const;
    Price next_price(Decimal from, Decimal tick);
    Price wrong_price(Decimal known);

    std::uint64_t seed_;
    std::mt19937_64 random_;
    ShardDesk desk_;
    std::map<std::pair<AccountId, Pair>, Decimal> prices_;
    std::vector<NamedWatcher> watchers_;
    std::map<std::string, std::uint64_t> seen_;
    std::deque<std::string> log_;
    std::string failure_;
    std::uint64_t keys_ = 0;
};

// The number of sequences (VAULT_PROPERTY_SEQUENCES) and the first seed (VAULT_PROPERTY_SEED).
std::uint64_t property_sequences(std::uint64_t standard);
std::uint64_t property_seed();

struct Lives {
    std::uint64_t first_seed = 1;
    std::uint64_t count = 0;
    int steps = 200;
};
// Runs them under fresh watchers: all, or the one of that name. Empty, or what the first failing
// one says, with its seed.
std::string run_lives(const Lives& lives, std::string_view watcher = {},
                      std::map<std::string, std::uint64_t>* seen = nullptr);

}  // namespace vault::engine::test
