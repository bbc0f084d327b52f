#pragma once
// Account: one client of the exchange, with balances, what open orders hold of them, and the ledger
// that explains every balance. balance = sum of its ledger rows; 0 <= held, and held <= balance
// unless a withdrawal was forced from outside. One thread.
#include "tests/emulator/kraken/exchange/engine_counter.hpp"
#include "tests/emulator/kraken/exchange/order.hpp"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace vault::kraken_emulator {

class Account {
  public:
    Account(AccountNo no, std::string name, Tier tier)
        : no_(no), name_(std::move(name)), tier_(tier) {}

    AccountNo no() const { return no_; }
    const std::string& name() const { return name_; }
    Tier tier() const { return tier_; }

    // Every asset that ever moved, so with zeros.
    const std::map<Asset, Decimal>& balances() const { return balances_; }
    Decimal balance(Asset asset) const;
    Decimal held(Asset asset) const;
    Decimal available(Asset asset) const { return balance(asset) - held(asset); }
    const std::vector<LedgerRow>& ledger() const { return ledger_; }  // oldest first

    // Fills in the balance after the row.
    const LedgerRow& post(LedgerRow row);
    // `change` may be negative.
    void hold(Asset asset, Decimal change);

    // USD that it traded in the 30 days before `now`.
    Decimal volume(Moment now) const;
    void add_volume(Decimal usd, Moment time);
    // From before the emulator began; counts for ever.
    void set_earlier_volume(Decimal usd) { earlier_volume_ = usd; }

    // Its orders by number; the ended ones in the order of their end.
    std::set<OrderNo> open;
    std::map<PairNo, std::size_t> open_of;  // how many of them are of a pair
    std::vector<OrderNo> ended;
    std::vector<Trade> trades;                // oldest first
    std::map<std::string, OrderNo> open_ids;  // cl_ord_id of open orders
    std::map<PairNo, EngineCounter> counters;
    Moment switch_at = kNever;  // when the dead-man switch cancels all

  private:
    AccountNo no_;
    std::string name_;
    Tier tier_;
    std::map<Asset, Decimal> balances_, held_;
    std::vector<LedgerRow> ledger_;
    std::deque<std::pair<Moment, Decimal>> volumes_;
    Decimal volume_;  // their sum
    Decimal earlier_volume_;
};

}  // namespace vault::kraken_emulator
