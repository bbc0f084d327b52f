#pragma once
// PlainModel: design/domain.md once more, in figures alone: no entries, no postings, no accounts.
// The property tests hold the ledger against it to the last digit. A refused call leaves the model
// in an undefined state, so callers work on a copy. Test only.
#include "daemon/ledger/transaction.hpp"

#include <map>
#include <optional>
#include <string>

namespace vault::ledger::test {

using Refusal = std::optional<Errc>;

struct PlainPosition {
    Decimal free, held, cost;
    bool dust = false;
};

struct PlainSleeve {
    Decimal cash, locked, pending, principal, gain, fees, fee_float, swept, last_sweep;
    Decimal request, overdraft;
    std::map<std::string, PlainPosition> positions;

    Decimal cost() const;
    Decimal balance() const { return cash + locked + pending + cost(); }
    bool flat() const;
};

enum class PlainFee { Quote, Base, Third };
struct PlainFill {
    SleeveKind sleeve;
    Side side;
    std::string base;
    Decimal quantity, price, cost, fee;
    PlainFee fee_in;
    Decimal third_value;
    Decimal remaining;  // in: of the lock or hold; out: what is left of it
};

struct PlainModel {
    Decimal reserve, unallocated, shortfall;
    Decimal paid_in;                           // net funding
    Decimal fees_beside;                       // third-asset fees less fee_paid, in quote
    std::map<std::string, Decimal> bought;     // coins from the market, net
    std::map<std::string, Decimal> coin_fees;  // fees paid in coins
    PlainSleeve sleeves[2];

    PlainSleeve& of(SleeveKind kind) { return sleeves[index_of(kind)]; }
    const PlainSleeve& of(SleeveKind kind) const { return sleeves[index_of(kind)]; }
    Decimal tradeable() const { return unallocated + sleeves[0].balance() + sleeves[1].balance(); }
    Decimal total() const { return reserve + tradeable(); }
    Decimal missing() const { return shortfall + sleeves[0].overdraft + sleeves[1].overdraft; }

    Refusal open(Decimal amount);
    Refusal deposit(Decimal amount, const AutoRaise& policy);
    Refusal withdraw(Decimal amount);
    Refusal fee_paid(Decimal amount);
    Refusal undo_deposit(Decimal amount);
    Refusal change_mode(Decimal amount);
    Refusal set_tradeable(Decimal amount, std::optional<Decimal> pct);
    Refusal allocate(Decimal quiet, Decimal flash, bool quiet_live, bool flash_live);
    Refusal unallocate(Decimal quiet, Decimal flash, bool quiet_live, bool flash_live);
    Refusal buy_intent(SleeveKind sleeve, Decimal lock);
    Refusal sell_intent(SleeveKind sleeve, const std::string& base, Decimal quantity);
    Refusal end(SleeveKind sleeve, Side side, const std::string& base, Decimal remaining);
    Refusal fill(PlainFill& fill);
    void close(SleeveKind sleeve, bool live);
    Refusal quiet_sweep(Decimal share, bool live);
    Refusal mark_dust(SleeveKind sleeve, const std::string& base);
    Refusal write_down(SleeveKind sleeve, const std::string& base);

    // Empty when the books say the same in every balance and figure, else what differs.
    std::string difference(const VaultBooks& books) const;

  private:
    Decimal give(Decimal wanted);
    void freed();
    void find_cash(PlainSleeve& sleeve, Decimal needed);
    void tidy();
};

}  // namespace vault::ledger::test
