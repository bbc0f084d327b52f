#include "tests/simulation/plain_books.hpp"

#include "daemon/ledger/canonical.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::simulation {
namespace {

constexpr std::array<const char*, 2> kSleeves{"quiet", "flash"};

bool of_sleeve(const std::string& account, const std::string& sleeve) {
    return account.starts_with(sleeve + ".");
}

// Accounts that owe to the vault's other side may have any sign.
bool may_be_negative(const std::string& account) {
    return account == "external" || account == "external_fees" || account == "market" ||
           account == "memo" || account.ends_with(".fees") || account.ends_with(".realised") ||
           account.ends_with(".principal");
}

bool is_memo(const std::string& account) {
    return account == "memo" || account.ends_with(".fees") || account.ends_with(".principal");
}

// "order:v1.flash.7" and "order:v1.flash.7:end" name the sleeve that they are about.
std::string sleeve_of_cause(const std::string& cause) {
    if (!cause.starts_with("order:")) return {};
    return cause.find(".flash.") != std::string::npos ? "flash" : "quiet";
}

}  // namespace

std::string face_text(Decimal total, Decimal tradeable, Decimal reserve, Decimal unallocated,
                      Decimal quiet_cash, Decimal flash_cash) {
    return fmt::format("{} {} {} {} {} {}", total.text(), tradeable.text(), reserve.text(),
                       unallocated.text(), quiet_cash.text(), flash_cash.text());
}

std::string PlainBooks::add(const ports::EntryRow& row) {
    entries_.push_back(row);
    if (row.seq != entries_.size())
        return fmt::format("entry {} is not number {}", row.seq, entries_.size());
    if (row.tx != tx_) {
        tx_ = row.tx;
        tx_closes_ = false;
    }
    const auto postings = ledger::parse_postings(row.postings_json);
    if (!postings) return "postings cannot be read: " + postings.error().message();
    std::map<Asset, Decimal> zero, memo_zero;
    std::vector<std::string> accounts;
    for (const ledger::Posting& posting : postings.value()) {
        const std::string account{ledger::to_text(posting.account)};
        sums_[{account, posting.asset}] += posting.amount;
        (is_memo(account) ? memo_zero : zero)[posting.asset] += posting.amount;
        accounts.push_back(account);
    }
    for (const auto& sums : {zero, memo_zero})
        for (const auto& [asset, sum] : sums)
            if (!sum.is_zero())
                return fmt::format("{} does not sum to zero in {}", row.kind, asset.text());
    if (row.kind == "sell_fill" || row.kind == "order_end" || row.kind == "correction")
        tx_closes_ = true;
    if (row.kind.find("sweep") != std::string::npos) sweeps_.insert(row.seq);
    if (row.kind == "correction")
        if (std::string fault = check_correction(row); !fault.empty()) return fault;
    if (std::string fault = check_isolation(row, accounts); !fault.empty()) return fault;
    for (const char* const sleeve : kSleeves)
        for (const ledger::Posting& posting : postings.value())
            if (sweeps_.contains(row.seq) &&
                ledger::to_text(posting.account) == fmt::format("{}.cash", sleeve))
                swept_[sleeve] -= posting.amount;
    if (row.kind == "flash_sweep") return check_sweep(row);
    return check_signs();
}

// An order's money is its own sleeve's, and neither the reserve nor another sleeve pays for it.
std::string PlainBooks::check_isolation(const ports::EntryRow& row,
                                        const std::vector<std::string>& accounts) const {
    const std::string own = sleeve_of_cause(row.cause);
    const bool order = row.kind == "buy_intent" || row.kind == "sell_intent" ||
                       row.kind == "order_end" || row.kind == "buy_fill" || row.kind == "sell_fill";
    bool quiet = false, flash = false, reserve = false;
    for (const std::string& account : accounts) {
        quiet = quiet || of_sleeve(account, "quiet");
        flash = flash || of_sleeve(account, "flash");
        reserve = reserve || account == "reserve" || account == "unallocated";
    }
    if (!order) return {};
    if (quiet && flash) return row.kind + " moves money of both sleeves";
    if (reserve) return row.kind + " moves money that no sleeve holds";
    if (own == "quiet" && flash) return row.cause + " moves flash's money";
    if (own == "flash" && quiet) return row.cause + " moves quiet's money";
    return {};
}

// An entry is reversed once and whole; what it locked or held goes back to cash and position.
std::string PlainBooks::check_correction(const ports::EntryRow& row) {
    const std::string start = fmt::format("correction:{}:", to_text(row.vault));
    std::uint64_t seq = 0;
    if (row.cause.starts_with(start)) seq = std::stoull(row.cause.substr(start.size()));
    if (seq == 0 || seq >= row.seq) return row.cause + " reverses no earlier entry";
    if (!reversed_.insert(seq).second) return row.cause + " reverses an entry again";
    if (sweeps_.contains(seq)) sweeps_.insert(row.seq);
    std::map<std::pair<std::string, Asset>, Decimal> rest;
    for (const std::uint64_t each : {seq, row.seq}) {
        const auto postings = ledger::parse_postings(entries_[each - 1].postings_json);
        for (const ledger::Posting& posting : postings.value()) {
            std::string account{ledger::to_text(posting.account)};
            if (account.ends_with(".locked")) account.replace(account.size() - 6, 6, "cash");
            if (account.ends_with(".held")) account.replace(account.size() - 4, 4, "position");
            rest[{account, posting.asset}] += posting.amount;
        }
    }
    for (const auto& [key, sum] : rest)
        if (!sum.is_zero())
            return fmt::format("{} leaves {} {} of it", row.cause, sum.text(), key.first);
    return {};
}

std::string PlainBooks::check_sweep(const ports::EntryRow& row) const {
    if (!tx_closes_) return "a sweep outside the transaction of a close: " + row.cause;
    if (has_order_money("flash")) return "a sweep while an order lives: " + row.cause;
    const Decimal kept = max(quote("flash.principal"), kZero);
    if (balance("flash") < kept) return "a sweep took principal: " + row.cause;
    return check_signs();
}

std::string PlainBooks::check_signs() const {
    for (const auto& [key, sum] : sums_)
        if (sum.is_negative() && !may_be_negative(key.first))
            return fmt::format("{} is {} {}", key.first, sum.text(), key.second.text());
    return {};
}

std::string PlainBooks::check_sleeve(const std::string& sleeve) const {
    const auto swept = swept_.find(sleeve);
    const Decimal due = quote(sleeve + ".principal") - quote(sleeve + ".realised") -
                        (swept == swept_.end() ? kZero : swept->second);
    if (balance(sleeve) == due) return {};
    return fmt::format("{}: balance {} is not principal + realised - swept = {}", sleeve,
                       balance(sleeve).text(), due.text());
}

std::string PlainBooks::check() const {
    for (const char* const sleeve : kSleeves)
        if (std::string fault = check_sleeve(sleeve); !fault.empty()) return fault;
    Decimal cost = quote("quiet.position") + quote("flash.position");
    if (total() != wallet_cash() + cost) return "total is not wallet cash + cost of positions";
    // What came in, less what trading lost, is what is there.
    const Decimal gained = -quote("quiet.realised") - quote("flash.realised");
    if (total() != -quote("external") - quote("external_fees") + gained)
        return "total is not funding + realised";
    return check_signs();
}

std::optional<ports::EntryRow> PlainBooks::entry(std::uint64_t seq) const {
    if (seq == 0 || seq > entries_.size()) return std::nullopt;
    return entries_[seq - 1];
}

PlainBooks::Moved PlainBooks::moved_in_wallet(const ports::EntryRow& row) const {
    Moved moved;
    const auto postings = ledger::parse_postings(row.postings_json);
    for (const ledger::Posting& posting : postings.value()) {
        const std::string account{ledger::to_text(posting.account)};
        const bool cash = account == "reserve" || account == "unallocated" ||
                          account.ends_with(".cash") || account.ends_with(".locked") ||
                          account.ends_with(".pending");
        const bool coins = posting.asset != asset_ &&
                           (account.ends_with(".position") || account.ends_with(".held"));
        if (cash || coins) moved[posting.asset] += posting.amount;
    }
    return moved;
}

std::string PlainBooks::cause_of(const ports::cmd::CorrectEntry& command) {
    return fmt::format("correction:{}:{}", to_text(command.vault), command.reverses);
}

Decimal PlainBooks::sum(const std::string& account, const Asset& asset) const {
    const auto found = sums_.find({account, asset});
    return found == sums_.end() ? kZero : found->second;
}

Decimal PlainBooks::balance(const std::string& sleeve) const {
    return quote(sleeve + ".cash") + quote(sleeve + ".locked") + quote(sleeve + ".pending") +
           quote(sleeve + ".position");
}

Decimal PlainBooks::tradeable() const {
    return quote("unallocated") + balance("quiet") + balance("flash");
}

Decimal PlainBooks::total() const {
    return quote("reserve") + tradeable();
}

Decimal PlainBooks::wallet_cash() const {
    Decimal cash = quote("reserve") + quote("unallocated");
    for (const std::string sleeve : kSleeves)
        cash += quote(sleeve + ".cash") + quote(sleeve + ".locked") + quote(sleeve + ".pending");
    return cash;
}

Decimal PlainBooks::coins(const Asset& base) const {
    Decimal coins;
    if (base == asset_) return coins;
    for (const std::string sleeve : kSleeves)
        coins += sum(sleeve + ".position", base) + sum(sleeve + ".held", base);
    return coins;
}

bool PlainBooks::has_order_money(const std::string& sleeve) const {
    return std::any_of(sums_.begin(), sums_.end(), [&](const auto& line) {
        const std::string& account = line.first.first;
        return (account == sleeve + ".locked" || account == sleeve + ".held") &&
               !line.second.is_zero();
    });
}

std::string PlainBooks::face() const {
    return face_text(total(), tradeable(), quote("reserve"), quote("unallocated"),
                     quote("quiet.cash"), quote("flash.cash"));
}

}  // namespace vault::simulation
