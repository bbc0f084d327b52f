#pragma once
// PlainBooks: the slow second opinion on one vault's journal. It adds up the postings as exported,
// by account name alone, and holds the sums against the identities and rules of design/domain.md.
// It shares no code with the ledger but Decimal and the parser of its text. Tests only.
#include "daemon/ports/commands.hpp"
#include "daemon/ports/rows.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace vault::simulation {

class PlainBooks {
  public:
    explicit PlainBooks(Asset asset) : asset_(asset) {}

    using Moved = std::map<Asset, Decimal>;

    // What is wrong after this entry; empty if nothing is.
    std::string add(const ports::EntryRow& row);
    // What must hold between transactions.
    std::string check() const;

    std::optional<ports::EntryRow> entry(std::uint64_t seq) const;
    // What the entry changes of wallet_cash() and coins().
    Moved moved_in_wallet(const ports::EntryRow& row) const;
    // "correction:v1:17" names the entry that is reversed.
    static std::string cause_of(const ports::cmd::CorrectEntry& command);

    Decimal sum(const std::string& account, const Asset& asset) const;
    Decimal quote(const std::string& account) const { return sum(account, asset_); }
    Decimal balance(const std::string& sleeve) const;
    Decimal tradeable() const;
    Decimal total() const;
    // Reserve, unallocated and the sleeves' money: what the wallet must hold.
    Decimal wallet_cash() const;
    // Coins of a base asset in positions, held ones included.
    Decimal coins(const Asset& base) const;
    bool has_order_money(const std::string& sleeve) const;  // something locked or held
    const Asset& asset() const { return asset_; }
    const std::map<std::pair<std::string, Asset>, Decimal>& sums() const { return sums_; }
    // total, tradeable, reserve, unallocated and both sleeves' cash: what a client is shown.
    std::string face() const;

  private:
    std::string check_signs() const;
    std::string check_sleeve(const std::string& sleeve) const;
    std::string check_isolation(const ports::EntryRow& row,
                                const std::vector<std::string>& accounts) const;
    std::string check_sweep(const ports::EntryRow& row) const;
    std::string check_correction(const ports::EntryRow& row);

    Asset asset_;
    std::map<std::pair<std::string, Asset>, Decimal> sums_;
    std::map<std::string, Decimal> swept_;  // by sleeve
    std::vector<ports::EntryRow> entries_;  // dense from seq 1
    std::set<std::uint64_t> sweeps_;        // and what reversed one, and so on
    std::set<std::uint64_t> reversed_;
    std::uint64_t tx_ = 0;
    bool tx_closes_ = false;  // the running transaction ended or filled an order
};

// The value of a face as the same text, from what a view shows.
std::string face_text(Decimal total, Decimal tradeable, Decimal reserve, Decimal unallocated,
                      Decimal quiet_cash, Decimal flash_cash);

}  // namespace vault::simulation
