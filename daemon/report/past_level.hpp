#pragma once
// PastLevel: what the loss caps of a level compare, and what its other caps see of a buy, as it was
// at one instant of the past: the books of its vaults (PastVault) at the newest stored prices. The
// arithmetic is the engine's: a sleeve or a vault in its own asset, straight from its books; a user
// or the daemon in the asset of the level, where what the books add up is taken at the price of its
// moment and what is open at the newest. The day of a vault is that of its account's clock, and a
// loss of the day is the sum of what each vault lost in its own. Private to the report room. Pure
// but for what it is told; belongs to one caller; cannot fail.
#include "daemon/report/past_vault.hpp"
#include "daemon/risk/loss_caps.hpp"
#include "daemon/risk/readings.hpp"

namespace vault::report {

struct PastMarket {
    AccountId recorded_under;
    Pair pair;
    bool judged = true;            // its prices are shown to the loss caps
    std::optional<Decimal> price;  // none: no stored one was passed yet
    UtcTime at;
};

// A buy that was sent, before it is in the books.
struct PastOrder {
    std::size_t vault = 0;
    SleeveKind sleeve = SleeveKind::Quiet;
    Asset base;
    Decimal budget;
    std::vector<Asset> dust;  // bases of which the sleeve has less than can be sold
};

class PastLevel {
  public:
    PastLevel(const LevelMark& mark, UtcTime from);

    const LevelMark& mark() const { return mark_; }
    PastVault& vault(std::size_t index) { return vaults_[index]; }  // in the order of the mark
    const PastVault& vault(std::size_t index) const { return vaults_[index]; }
    const std::vector<PastMarket>& markets() const { return markets_; }  // grows, never shrinks
    // Buys of this sleeve count for the level.
    bool counts(std::size_t vault, SleeveKind sleeve) const;
    bool holds(const PastMarket& market) const;  // coins whose worth that price is
    bool holds_coins() const;
    // Of the newest prices of what is held, the oldest; none: nothing is held.
    std::optional<UtcTime> oldest_price() const;

    void set_price(std::size_t market, Decimal price, UtcTime at);
    // Takes the books and prices of the vault as they are by now into the sums.
    void measure(std::size_t vault);
    // The vault's day begins with what it has by now, its open positions worth `unrealised` (in its
    // own asset); none: at the newest prices.
    void begin_day(std::size_t vault, UtcTime at, std::optional<Decimal> unrealised);
    // Every vault measures its day from now on; without `again` only those whose clock has not
    // reached this day yet, until it does.
    void mark_day(UtcTime at, bool again);
    // Days that began while a price was missing begin now, for vaults that have one.
    void know_days();
    UtcTime day_of(std::size_t vault) const { return parts_[vault].day; }

    std::uint32_t unresolved() const { return unresolved_; }  // vaults of unknown worth
    risk::LossFigures figures() const;
    risk::DayMarks day() const;
    // What the level's caps read; `next`: a buy, null: none.
    risk::ReadingInputs inputs(const PastOrder* next) const;

  private:
    // What one vault adds to the level, in the level's asset.
    struct Worth {
        Decimal equity, unrealised;
        risk::Booked booked;
        Decimal realised_before, unrealised_before;  // when its day began
    };
    struct VaultPart {
        Worth worth;
        risk::Booked seen;      // in its own asset: what is in worth.booked
        bool resolved = true;   // false: a price is missing, so nothing of it is summed
        bool day_known = true;  // false: it began while a price was missing
        UtcTime day;
    };

    std::size_t market_of(AccountId recorded_under, const Pair& pair, bool judged);
    const PastMarket* find_market(std::size_t vault, const Pair& pair) const;  // null: none
    std::optional<Decimal> price_of(std::size_t vault, const Pair& pair) const;
    bool is_wide() const;
    std::optional<Decimal> rate_of(std::size_t vault) const;
    std::optional<Decimal> unrealised_of(std::size_t vault, bool& open) const;
    Decimal balance_of(std::size_t vault) const;
    risk::Booked booked_of(std::size_t vault) const;
    void add(const Worth& worth, bool back);
    void begin_part(VaultPart& part, std::optional<Decimal> open);
    void know_markets(std::size_t vault);
    std::optional<Decimal> worth_in_level(std::size_t vault, Decimal amount) const;
    risk::Exposure exposure_of(const PastOrder& next) const;
    std::optional<Decimal> base_value(const PastOrder& next) const;
    std::optional<Decimal> base_value_of_level(const Asset& base) const;

    const LevelMark& mark_;
    std::vector<PastVault> vaults_;
    std::vector<VaultPart> parts_;  // by vault
    std::vector<PastMarket> markets_;
    Worth sum_;
    std::uint32_t unresolved_ = 0, unknown_days_ = 0;
};

}  // namespace vault::report
