#include "daemon/report/sums_at.hpp"

#include "daemon/ledger/market_value.hpp"
#include "daemon/report/journal.hpp"
#include "daemon/report/sums.hpp"

#include <algorithm>

namespace vault::report {

namespace {

constexpr Duration kDay = std::chrono::hours{24};

bool is_midnight(UtcTime at) {
    return at.time_since_epoch() % kDay == Duration{0};
}

// A close tells fee_float by the identity balance = principal + realised + fee float - swept.
Result<SleeveSums> sums_of(const ports::DayCloseRow& close) {
    SleeveSums sums;
    sums.balance = close.balance;
    sums.realised = close.realised;
    sums.fees = close.fees;
    sums.swept = close.swept;
    VAULT_TRY(const Decimal out, add(close.balance, close.swept));
    VAULT_TRY(const Decimal in, add(close.principal, close.realised));
    VAULT_TRY(sums.fee_float, sub(out, in));
    return sums;
}

}  // namespace

Result<bool> EntryAt::step(ports::StoreReader& reader) {
    if (first_ == end_) return false;
    const std::uint64_t middle = first_ + (end_ - first_) / 2;
    VAULT_TRY(const auto rows, reader.entries(vault_, middle, 1));
    if (rows.empty() || rows.front().seq != middle)
        return Error(Errc::StoreFailed, "an entry of the journal is missing");
    if (rows.front().at < at_) {
        first_ = middle + 1;
    } else {
        end_ = middle;
    }
    return first_ != end_;
}

SumsAt::SumsAt(const VaultMark& mark, UtcTime at)
    : mark_(mark), at_(at), first_(mark.vault, at, mark.seq + 1) {
    if (at <= mark.now) return;
    sums_ = mark.sums;
    unrealised_ = mark.unrealised;
    phase_ = Phase::Done;
}

Result<bool> SumsAt::step(ports::StoreReader& reader) {
    switch (phase_) {
        case Phase::Close: {
            VAULT_TRY(phase_, read_close(reader));
            break;
        }
        case Phase::Find: {
            VAULT_TRY(const bool more, first_.step(reader));
            if (!more) phase_ = choose_end();
            break;
        }
        case Phase::Fold: {
            VAULT_TRY(phase_, fold(reader));
            break;
        }
        case Phase::Value: {
            VAULT_TRY(phase_, value(reader));
            break;
        }
        case Phase::Done: break;
    }
    return phase_ != Phase::Done;
}

// Both sleeves' closes of the day that ended, or none: what is not in them is Total less the rest.
Result<SumsAt::Phase> SumsAt::read_close(ports::StoreReader& reader) {
    if (!is_midnight(at_)) return Phase::Find;
    ports::RowFilter filter;
    filter.vault = mark_.vault;
    filter.from = at_ - kDay;
    filter.to = at_;
    VAULT_TRY(const auto closes, reader.day_closes(filter));
    const bool whole =
        closes.size() == 2 && closes[0].sleeve != closes[1].sleeve &&
        std::ranges::all_of(closes, [&](const auto& row) { return row.owner.mode == mark_.mode; });
    if (!whole) return Phase::Find;
    sums_.unallocated = closes[0].vault_tradeable;
    for (const ports::DayCloseRow& close : closes) {
        VAULT_TRY(sums_.of(close.sleeve), sums_of(close));
        VAULT_TRYV(add_to(sums_.unallocated, -close.balance));
        unrealised_[index_of(close.sleeve)] = close.unrealised;
    }
    VAULT_TRY(sums_.reserve, sub(closes[0].vault_total, closes[0].vault_tradeable));
    return Phase::Done;
}

SumsAt::Phase SumsAt::choose_end() {
    const std::uint64_t cut = first_.seq();
    backwards_ = mark_.seq + 1 - cut < cut;
    next_ = backwards_ ? cut : 1;
    end_ = backwards_ ? mark_.seq + 1 : cut;
    if (backwards_) sums_ = mark_.sums;
    return next_ < end_ ? Phase::Fold : Phase::Value;
}

Result<SumsAt::Phase> SumsAt::fold(ports::StoreReader& reader) {
    const auto count =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(end_ - next_, kJournalPage));
    VAULT_TRY(const auto rows, reader.entries(mark_.vault, next_, count));
    if (rows.size() != count || rows.back().seq != next_ + count - 1)
        return Error(Errc::StoreFailed, "an entry of the journal is missing");
    for (const ports::EntryRow& row : rows) {
        VAULT_TRYV(backwards_ ? take_back(sums_, row, mark_.asset)
                              : add_entry(sums_, row, mark_.asset));
    }
    next_ += count;
    return next_ < end_ ? Phase::Fold : Phase::Value;
}

Result<SumsAt::Phase> SumsAt::value(ports::StoreReader& reader) {
    for (const SleeveKind kind : kSleeveKinds) {
        VAULT_TRY(unrealised_[index_of(kind)], value_of(reader, sums_.of(kind)));
    }
    return Phase::Done;
}

Result<std::optional<Decimal>> SumsAt::value_of(ports::StoreReader& reader,
                                                const SleeveSums& sleeve) {
    Decimal value;
    for (const auto& [base, coins] : sleeve.coins) {
        ports::RowFilter filter;
        filter.pair = Pair{base, mark_.asset};
        filter.to = at_;
        filter.limit = 1;
        VAULT_TRY(const auto prices, reader.prices(mark_.recorded_under, filter));
        if (prices.empty()) return std::optional<Decimal>{};
        const Price price{prices.back().price};
        VAULT_TRYV(add_to(value, ledger::value_at_market(coins, price, mark_.fee_rate)));
    }
    VAULT_TRYV(add_to(value, -sleeve.positions_cost));
    return std::optional(value);
}

}  // namespace vault::report
