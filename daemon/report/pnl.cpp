#include "daemon/report/pnl.hpp"

#include "daemon/report/pages.hpp"
#include "daemon/report/report_scope.hpp"

#include <algorithm>
#include <tuple>

namespace vault::report {

namespace {

using RowKey = std::pair<Mode, SleeveKind>;
using VaultRows = std::map<RowKey, PnlRow>;

PnlRow& row_of(VaultRows& rows, const ports::VaultRow& vault, Mode mode, SleeveKind sleeve) {
    const auto [it, fresh] = rows.try_emplace(RowKey{mode, sleeve});
    PnlRow& row = it->second;
    if (fresh) {
        row.vault = vault.id;
        row.user = vault.user;
        row.account = vault.account;
        row.asset = vault.asset;
        row.mode = mode;
        row.sleeve = sleeve;
    }
    return row;
}

Result<void> add_fee(PnlFigures& figures, const ports::FillRow& row) {
    VAULT_TRY(const auto value, fee_value(row));
    return value ? add_to(figures.fees, *value)
                 : add_to(figures.fees_other[row.fill.fee_asset], row.fill.fee);
}

Result<void> add_fill(PnlFigures& figures, const ports::FillRow& row) {
    ++figures.trades;
    ++(row.fill.side == Side::Buy ? figures.buys : figures.sells);
    VAULT_TRYV(add_to(figures.realised, row.realised));
    VAULT_TRYV(add_to(figures.volume, row.fill.cost));
    return add_fee(figures, row);
}

void add_cycle(PnlFigures& figures, Decimal realised) {
    ++figures.cycles;
    if (realised.is_positive()) ++figures.won;
    if (realised.is_negative()) ++figures.lost;
    figures.best_cycle = max(figures.best_cycle.value_or(realised), realised);
    figures.worst_cycle = min(figures.worst_cycle.value_or(realised), realised);
}

Result<void> read_activity(ports::StoreReader& reader, const ports::VaultRow& vault,
                           const PnlFilter& filter, VaultRows& rows) {
    const ports::RowFilter span = rows_of(vault, filter);
    VAULT_TRYV(for_each_row<ports::FillRow>(
        reader, &ports::StoreReader::fills, span, [&](const ports::FillRow& row) {
            const SleeveKind sleeve = row.fill.order.sleeve;
            return add_fill(row_of(rows, vault, row.owner.mode, sleeve).figures, row);
        }));
    VAULT_TRYV(for_each_row<ports::CycleRow>(
        reader, &ports::StoreReader::cycles, span, [&](const ports::CycleRow& row) -> Result<void> {
            add_cycle(row_of(rows, vault, row.owner.mode, row.sleeve).figures, row.realised);
            return success();
        }));
    return for_each_row<ports::SweepRow>(
        reader, &ports::StoreReader::sweeps, span, [&](const ports::SweepRow& row) {
            const Decimal amount = row.kind == "sweep_return" ? -row.amount.abs() : row.amount;
            return add_to(row_of(rows, vault, row.owner.mode, row.sleeve).figures.swept, amount);
        });
}

// The newest day close that had ended by `instant`, if it is of this mode.
Result<std::optional<BalanceAt>> close_before(ports::StoreReader& reader, const PnlRow& row,
                                              UtcTime instant) {
    constexpr Duration kDay = std::chrono::hours{24};
    ports::RowFilter filter;
    filter.vault = row.vault;
    filter.sleeve = row.sleeve;
    filter.to = instant - kDay + Duration{1};
    filter.limit = 1;
    VAULT_TRY(const auto closes, reader.day_closes(filter));
    if (closes.empty() || closes.back().owner.mode != row.mode) return std::optional<BalanceAt>{};
    return std::optional(BalanceAt{closes.back().balance, closes.back().day + kDay});
}

Result<void> add_balances(ports::StoreReader& reader, const PnlFilter& filter,
                          std::span<const SleeveMark> marks, PnlRow& row) {
    const auto mark = std::ranges::find_if(marks, [&](const SleeveMark& candidate) {
        return candidate.vault == row.vault && candidate.sleeve == row.sleeve &&
               candidate.mode == row.mode;
    });
    if (mark != marks.end()) row.figures.unrealised = mark->unrealised;
    if (filter.from) {
        VAULT_TRY(row.opening, close_before(reader, row, *filter.from));
    } else {
        row.opening =
            BalanceAt{kZero, std::nullopt};  // before its first entry a sleeve has nothing
    }
    if (filter.to) {
        VAULT_TRY(row.closing, close_before(reader, row, *filter.to));
    } else if (mark != marks.end()) {
        row.closing = BalanceAt{mark->balance, std::nullopt};
    }
    return success();
}

Result<void> merge(PnlFigures& sum, const PnlFigures& part) {
    VAULT_TRYV(add_to(sum.realised, part.realised));
    VAULT_TRYV(add_to(sum.fees, part.fees));
    VAULT_TRYV(add_to(sum.swept, part.swept));
    VAULT_TRYV(add_to(sum.volume, part.volume));
    for (const auto& [asset, fee] : part.fees_other) {
        VAULT_TRYV(add_to(sum.fees_other[asset], fee));
    }
    if (part.unrealised) {
        VAULT_TRY(sum.unrealised, add(sum.unrealised.value_or(kZero), *part.unrealised));
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

Result<std::vector<PnlTotal>> totals_of(const std::vector<PnlRow>& rows) {
    std::map<std::pair<Asset, Mode>, PnlTotal> totals;
    for (const PnlRow& row : rows) {
        PnlTotal& total = totals[{row.asset, row.mode}];
        total.asset = row.asset;
        total.mode = row.mode;
        VAULT_TRYV(merge(total.figures, row.figures));
    }
    std::vector<PnlTotal> list;
    for (auto& [key, total] : totals)
        list.push_back(std::move(total));
    return list;
}

}  // namespace

Result<Decimal> PnlFigures::net() const {
    return add(realised, unrealised.value_or(kZero));
}

std::optional<Decimal> PnlFigures::win_rate() const {
    if (cycles == 0) return std::nullopt;
    const auto rate = div(Decimal::from_int(static_cast<std::int64_t>(won)),
                          Decimal::from_int(static_cast<std::int64_t>(cycles)), Rounding::Down);
    VAULT_CHECK(rate.has_value(), "a fraction of two counts is in range");
    return round_places(rate.value(), 4, Rounding::Down);
}

Result<PnlReport> pnl(ports::StoreReader& reader, const PnlFilter& filter,
                      std::span<const SleeveMark> marks) {
    VAULT_TRY(const auto vaults, chosen_vaults(reader, filter));
    PnlReport report;
    report.from = filter.from;
    report.to = filter.to;
    for (const ports::VaultRow& vault : vaults) {
        VaultRows rows;
        for (const SleeveKind sleeve : kSleeveKinds)
            row_of(rows, vault, vault.mode, sleeve);
        VAULT_TRYV(read_activity(reader, vault, filter, rows));
        for (auto& [key, row] : rows) {
            VAULT_TRYV(add_balances(reader, filter, marks, row));
            report.rows.push_back(std::move(row));
        }
    }
    VAULT_TRY(report.totals, totals_of(report.rows));
    return report;
}

}  // namespace vault::report
