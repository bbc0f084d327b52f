#pragma once
// RandomWorld: one vault driven by seeded random events, valid and invalid, against the ledger and
// the PlainModel side by side. A mock store refuses a key twice, a mock exchange keeps its own
// wallet. step() stops at the first difference; failure() says what it was. Test only.
#include "daemon/ledger/invariants.hpp"
#include "tests/unit/ledger/plain_model.hpp"

#include <deque>
#include <functional>
#include <random>
#include <set>

namespace vault::ledger::test {

struct WorldOrder {
    OrderId id;
    Side side = Side::Buy;
    Asset base;
    Decimal remaining;
    bool live = true;
};

struct WorldStep {
    std::string what;
    const VaultBooks& before;
    const VaultBooks& after;
    std::span<const Entry> entries;
};

class RandomWorld {
  public:
    using Observer = std::function<std::string(const WorldStep&)>;  // text: what is wrong

    explicit RandomWorld(std::uint64_t seed);
    void observe(Observer observer) { observers_.push_back(std::move(observer)); }
    // False after a difference.
    bool run(int steps);
    // Whole-journal checks; call after run().
    bool finish();

    const std::string& failure() const { return failure_; }
    const VaultBooks& books() const { return books_; }
    const std::vector<Entry>& journal() const { return journal_; }
    const std::map<Errc, int>& refusals() const { return refusals_; }
    int buys_while_underfunded() const { return buys_while_underfunded_; }  // all refused

  private:
    using Play = std::function<Result<void>(Transaction&)>;
    using Expect = std::function<Refusal(PlainModel&)>;

    void step();
    void try_funding(int choice);
    void try_allocation(int choice);
    void try_order(int choice);
    void try_upkeep(int choice);
    void deposit();
    void withdraw(bool by_hand);
    void undo_deposit();
    void change_mode();
    void set_tradeable();
    void allocate(bool back);
    void buy_intent();
    void sell_intent();
    void fill_live();
    void fill_late();
    void end_order();
    void book_fill(WorldOrder& order, bool ends);
    PlainFill random_fill(const WorldOrder& order, bool ends);
    void duplicate();
    void restart();
    bool play(const std::string& what, const std::string& cause, const Play& play,
              const Expect& expect);
    bool commit(const std::string& what, const Transaction& transaction);
    void check(const WorldStep& step);
    void fail(std::string text);

    std::uint64_t roll(std::uint64_t n) { return random_() % n; }
    bool chance(int percent) { return roll(100) < static_cast<std::uint64_t>(percent); }
    Decimal amount(Decimal about);
    Decimal amount_or_nonsense(Decimal about);
    SleeveKind any_sleeve() { return chance(50) ? SleeveKind::Quiet : SleeveKind::Flash; }
    Asset any_base() { return bases_[roll(2)]; }
    bool live(SleeveKind sleeve) const;
    WorldOrder* live_order(SleeveKind sleeve);
    std::optional<Decimal> any_pct();

    std::mt19937_64 random_;
    std::array<Asset, 2> bases_;
    VaultBooks books_;
    PlainModel model_;
    std::vector<Entry> journal_;
    std::set<std::string> keys_;  // the store's unique index
    std::vector<Entry> last_transaction_;
    std::deque<WorldOrder> orders_;
    std::optional<Entry> last_deposit_;
    Decimal last_deposit_wallet_;
    Decimal wallet_;                        // the exchange's: quote
    std::map<std::string, Decimal> coins_;  // the exchange's: bases
    Mode mode_ = Mode::Paper;
    UtcTime now_{};
    std::uint64_t causes_ = 0;
    std::uint32_t order_number_ = 0;
    Decimal price_;
    std::vector<Observer> observers_;
    std::deque<std::string> log_;
    std::string failure_;
    std::map<Errc, int> refusals_;
    int buys_while_underfunded_ = 0;
};

// The number of sequences (VAULT_PROPERTY_SEQUENCES) and the first seed (VAULT_PROPERTY_SEED).
std::uint64_t property_sequences(std::uint64_t standard);
std::uint64_t property_seed();
// Runs `sequences` worlds; empty, or what the first failing one says, with its seed.
std::string run_worlds(std::uint64_t sequences, int steps,
                       const std::function<void(RandomWorld&)>& prepare = {});

}  // namespace vault::ledger::test
