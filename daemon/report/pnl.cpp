#include "daemon/report/pnl.hpp"

#include "daemon/report/sums.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::report {

namespace {

Result<void> add_fill(PnlFigures& figures, const ports::FillRow& row) {
    ++figures.trades;
    ++(row.fill.side == Side::Buy ? figures.buys : figures.sells);
    VAULT_TRYV(add_to(figures.volume, row.fill.cost));
    VAULT_TRY(const auto value, fee_value(row));
    return value ? success() : add_to(figures.fees_other[row.fill.fee_asset], row.fill.fee);
}

void add_cycle(PnlFigures& figures, Decimal realised) {
    ++figures.cycles;
    if (realised.is_positive()) ++figures.won;
    if (realised.is_negative()) ++figures.lost;
    figures.best_cycle = max(figures.best_cycle.value_or(realised), realised);
    figures.worst_cycle = min(figures.worst_cycle.value_or(realised), realised);
}

// What the books of a sleeve say happened between two states of them.
Result<void> add_change(PnlFigures& figures, const SleeveSums& before, const SleeveSums& after) {
    VAULT_TRY(figures.realised, sub(after.realised, before.realised));
    VAULT_TRY(figures.swept, sub(after.swept, before.swept));
    // Fees in third assets are told by themselves.
    VAULT_TRY(const Decimal all, sub(after.fees, before.fees));
    VAULT_TRY(const Decimal third, sub(after.fee_float, before.fee_float));
    VAULT_TRY(figures.fees, sub(all, third));
    return success();
}

// A sum of which a part is not known is not known.
Result<void> add_known(std::optional<Decimal>& sum, const std::optional<Decimal>& part) {
    if (!part) sum.reset();
    return sum ? add_to(*sum, *part) : success();
}

Result<void> merge(PnlFigures& sum, const PnlFigures& part) {
    VAULT_TRYV(add_to(sum.realised, part.realised));
    VAULT_TRYV(add_known(sum.unrealised_before, part.unrealised_before));
    VAULT_TRYV(add_known(sum.unrealised, part.unrealised));
    VAULT_TRYV(add_to(sum.fees, part.fees));
    VAULT_TRYV(add_to(sum.swept, part.swept));
    VAULT_TRYV(add_to(sum.volume, part.volume));
    for (const auto& [asset, fee] : part.fees_other) {
        VAULT_TRYV(add_to(sum.fees_other[asset], fee));
    }
    sum.trades += part.trades;
    sum.buys += part.buys;
    sum.sells += part.sells;
    sum.cycles += part.cycles;
    sum.won += part.won;
    sum.lost += part.lost;
    if (part.best_cycle)
        sum.best_cycle = max(sum.best_cycle.value_or(*part.best_cycle), *part.best_cycle);
    if (part.worst_cycle)
        sum.worst_cycle = min(sum.worst_cycle.value_or(*part.worst_cycle), *part.worst_cycle);
    return success();
}

}  // namespace

Result<std::optional<Decimal>> PnlFigures::net() const {
    if (!unrealised || !unrealised_before) return std::optional<Decimal>{};
    VAULT_TRY(const Decimal change, sub(*unrealised, *unrealised_before));
    VAULT_TRY(const Decimal net, add(realised, change));
    return std::optional(net);
}

std::optional<Decimal> PnlFigures::win_rate() const {
    if (cycles == 0) return std::nullopt;
    const auto rate = div(Decimal::from_int(static_cast<std::int64_t>(won)),
                          Decimal::from_int(static_cast<std::int64_t>(cycles)), Rounding::Down);
    VAULT_CHECK(rate.has_value(), "a fraction of two counts is in range");
    return round_places(rate.value(), 4, Rounding::Down);
}

PnlReport::Reading PnlReport::begin() const {
    const VaultMark& mark = queue_.front();
    Reading reading{{},
                    {},
                    {&ports::StoreReader::fills, queue_.rows()},
                    {&ports::StoreReader::cycles, queue_.rows()},
                    {},
                    Part::Opening};
    if (queue_.from()) reading.opening.emplace(mark, *queue_.from());
    if (queue_.to()) reading.closing.emplace(mark, *queue_.to());
    for (const SleeveKind sleeve : kSleeveKinds) {
        PnlRow& row = reading.rows[index_of(sleeve)];
        row.vault = mark.vault;
        row.user = mark.user;
        row.account = mark.account;
        row.asset = mark.asset;
        row.mode = mark.mode;
        row.sleeve = sleeve;
    }
    return reading;
}

// One step of the vault's reading. False when it has all been read.
Result<bool> PnlReport::read(ports::StoreReader& reader) {
    Reading& now = *reading_;
    const VaultMark& mark = queue_.front();
    bool more = false;
    switch (now.part) {
        case Part::Opening: {
            if (now.opening) {
                VAULT_TRY(more, now.opening->step(reader));
            }
            if (!more) now.part = Part::Closing;
            return true;
        }
        case Part::Closing: {
            if (now.closing) {
                VAULT_TRY(more, now.closing->step(reader));
            }
            if (!more) now.part = Part::Fills;
            return true;
        }
        case Part::Fills: {
            VAULT_TRY(more, now.fills.step(reader, [&](const auto& row) -> Result<void> {
                VAULT_TRY(const bool counts, is_before(reader, mark, row));
                PnlRow& to = now.rows[index_of(row.fill.order.sleeve)];
                return counts ? add_fill(to.figures, row) : success();
            }));
            if (!more) now.part = Part::Cycles;
            return true;
        }
        case Part::Cycles:
            return now.cycles.step(reader, [&](const auto& row) -> Result<void> {
                if (is_before(mark, row))
                    add_cycle(now.rows[index_of(row.sleeve)].figures, row.realised);
                return success();
            });
    }
    return false;
}

Result<void> PnlReport::finish() {
    const VaultMark& mark = queue_.front();
    const VaultSums nothing;
    const Unrealised none{kZero, kZero};
    const std::optional<SumsAt>& opening = reading_->opening;
    const std::optional<SumsAt>& closing = reading_->closing;
    const VaultSums& before = opening ? opening->sums() : nothing;
    const VaultSums& after = closing ? closing->sums() : mark.sums;
    const Unrealised& open_before = opening ? opening->unrealised() : none;
    const Unrealised& open_after = closing ? closing->unrealised() : mark.unrealised;
    for (PnlRow& row : reading_->rows) {
        row.opening = {before.of(row.sleeve).balance, queue_.from()};
        row.closing = {after.of(row.sleeve).balance, queue_.to()};
        row.figures.unrealised_before = open_before[index_of(row.sleeve)];
        row.figures.unrealised = open_after[index_of(row.sleeve)];
        VAULT_TRYV(add_change(row.figures, before.of(row.sleeve), after.of(row.sleeve)));
        rows_.push_back(std::move(row));
    }
    reading_.reset();
    queue_.pop();
    return success();
}

Result<bool> PnlReport::step(ports::StoreReader& reader) {
    VAULT_TRYV(queue_.check());
    if (queue_.empty()) return false;
    if (!reading_) reading_.emplace(begin());
    VAULT_TRY(const bool more, read(reader));
    if (more) return true;
    VAULT_TRYV(finish());
    return !queue_.empty();
}

Result<std::vector<PnlTotal>> PnlReport::totals() const {
    std::map<std::pair<Asset, Mode>, PnlTotal> totals;
    for (const PnlRow& row : rows_) {
        const auto [it, fresh] = totals.try_emplace({row.asset, row.mode});
        PnlTotal& total = it->second;
        total.asset = row.asset;
        total.mode = row.mode;
        if (fresh) total.figures.unrealised = total.figures.unrealised_before = kZero;
        VAULT_TRYV(merge(total.figures, row.figures));
    }
    std::vector<PnlTotal> list;
    for (auto& [key, total] : totals)
        list.push_back(std::move(total));
    return list;
}

std::vector<std::string> PnlReport::notes() const {
    std::vector<std::string> notes;
    const auto missing = std::ranges::count_if(rows_, [](const PnlRow& row) {
        return !row.figures.unrealised || !row.figures.unrealised_before;
    });
    if (missing > 0)
        notes.push_back(fmt::format(
            "{} rows have no unrealised figure: the prices of that time are no longer stored; a "
            "span that begins and ends at midnight UTC needs none",
            missing));
    return notes;
}

}  // namespace vault::report
