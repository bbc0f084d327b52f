#include "daemon/report/past_vault.hpp"

#include "daemon/report/entry_columns.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::report {

namespace {

using ledger::AccountKind;
using ledger::EntryKind;

// Many vaults may be read at once.
constexpr std::uint32_t kPastPage = 100;
constexpr std::string_view kOrder = "order:", kOrderEnd = ":end", kTrade = "fill:";

Result<OrderId> order_named(std::string_view cause) {
    cause.remove_prefix(kOrder.size());
    if (cause.ends_with(kOrderEnd)) cause.remove_suffix(kOrderEnd.size());
    return parse_order_id(cause);
}

// "fill:paper:T7" is the trade T7.
std::string trade_named(std::string_view cause) {
    cause.remove_prefix(kTrade.size());
    return std::string(cause.substr(cause.find(':') + 1));
}

bool is_buy_fill(const ledger::Entry& entry) {
    return entry.kind == EntryKind::BuyFill;
}

}  // namespace

Decimal budget_of(const ledger::Entry& intent) {
    Decimal sum;
    for (const ledger::Posting& posting : intent.postings)
        if (posting.account.kind == AccountKind::Locked) sum += posting.amount;
    return sum;
}

PastVault::PastVault(const LevelVault& of, UtcTime from)
    : of_(of), from_(from), books_(of.mark.vault, of.mark.asset) {}

bool PastVault::starved() const {
    return next_ == page_.size() && next_seq_ <= of_.mark.seq;
}

Result<void> PastVault::fill(ports::StoreReader& reader) {
    const auto count = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(of_.mark.seq + 1 - next_seq_, kPastPage));
    VAULT_TRY(const auto rows, reader.entries(of_.mark.vault, next_seq_, count));
    if (rows.size() != count || rows.back().seq != next_seq_ + count - 1)
        return Error(Errc::StoreFailed, "an entry of the journal is missing");
    page_.clear();
    next_ = 0;
    for (const ports::EntryRow& row : rows) {
        VAULT_TRY(page_.emplace_back(), read(reader, row));
    }
    next_seq_ += count;
    return success();
}

Result<PastEntry> PastVault::read(ports::StoreReader& reader, const ports::EntryRow& row) {
    const StoredColumns stored(row);
    PastEntry past;
    VAULT_TRY(past.entry, ledger::parse_entry(stored.columns, row.hash));
    VAULT_TRY(past.part, part_of(reader, past.entry));
    if (!past.entry.cause.starts_with(kOrder)) return past;
    VAULT_TRY(past.order, order_named(past.entry.cause));
    if (past.entry.kind != EntryKind::BuyIntent) return past;
    VAULT_TRY(const auto order, reader.order(*past.order));
    if (!order)
        return Error(Errc::NotFound, fmt::format("order {} is not stored", to_text(*past.order)));
    past.base = order->pair.base;
    return past;
}

// Fills, ends of orders and sweeps that fall due come before a price is judged; whatever else has
// its instant came after it.
Result<Part> PastVault::part_of(ports::StoreReader& reader, const ledger::Entry& entry) {
    const std::string_view cause = entry.cause;
    if (cause.starts_with(kOrder)) return cause.ends_with(kOrderEnd) ? Part::Booked : Part::Decided;
    if (!cause.starts_with(kTrade))
        return cause.starts_with("schedule:") ? Part::Booked : Part::Decided;
    if (entry.at < from_) return Part::Booked;
    if (cause == last_trade_) return last_part_;
    VAULT_TRY(const auto fill, reader.fill(of_.mark.account, trade_named(cause)));
    const bool by_hand = fill && fill->fill.order.number == 0;
    last_trade_ = cause;
    last_part_ = by_hand ? Part::Decided : Part::Booked;
    return last_part_;
}

Result<void> PastVault::post() {
    const PastEntry& past = page_[next_];
    VAULT_TRYV(books_.post(past.entry));
    note(past);
    ++next_;
    return success();
}

void PastVault::note(const PastEntry& past) {
    if (past.sends_buy()) {
        PastSleeve& sleeve = sleeves_[index_of(past.order->sleeve)];
        sleeve.buys.push_back({*past.order, *past.base, budget_of(past.entry)});
        ++sleeve.buys_today;
    }
    if (past.order && past.entry.kind == EntryKind::OrderEnd)
        std::erase_if(sleeves_[index_of(past.order->sleeve)].buys,
                      [&](const PastBuy& buy) { return buy.id == *past.order; });
    if (is_buy_fill(past.entry)) note_fill(past.entry);
}

// A pair of a sleeve has one live order at most, so the coins tell whose fill it is.
void PastVault::note_fill(const ledger::Entry& entry) {
    Decimal spent;
    const ledger::Posting* coins = nullptr;
    for (const ledger::Posting& posting : entry.postings) {
        if (posting.account.kind == AccountKind::Locked) spent -= posting.amount;
        if (posting.account.kind == AccountKind::Position && posting.asset != of_.mark.asset)
            coins = &posting;
    }
    if (coins == nullptr) return;
    PastSleeve& sleeve = sleeves_[index_of(*coins->account.sleeve)];
    sleeve.bought_at.insert_or_assign(coins->asset, entry.at);
    for (PastBuy& buy : sleeve.buys)
        if (buy.base == coins->asset) buy.lock -= spent;
    std::erase_if(sleeve.buys, [](const PastBuy& buy) { return !buy.lock.is_positive(); });
}

void PastVault::begin_day() {
    for (PastSleeve& sleeve : sleeves_)
        sleeve.buys_today = 0;
}

}  // namespace vault::report
