#include "daemon/report/pages.hpp"
#include "daemon/report/report_scope.hpp"
#include "daemon/report/span_reports.hpp"

#include <algorithm>
#include <tuple>

namespace vault::report {

namespace {

using Key = std::tuple<Mode, SleeveKind, Pair, Asset>;

Result<void> add_fill(FeeRow& row, const ports::FillRow& fill) {
    ++row.trades;
    VAULT_TRYV(add_to(row.volume, fill.fill.cost));
    VAULT_TRYV(add_to(row.fee, fill.fill.fee));
    VAULT_TRY(const auto value, fee_value(fill));
    if (!value) return success();
    row.value = row.value.value_or(kZero);
    return add_to(*row.value, *value);
}

}  // namespace

std::optional<Decimal> FeeRow::rate() const {
    if (!value || !volume.is_positive()) return std::nullopt;
    const auto share = div(*value, volume, Rounding::Down);
    if (!share) return std::nullopt;
    return round_places(share.value(), 6, Rounding::Down);
}

Result<bool> FeeReport::step(ports::StoreReader& reader) {
    if (!begun_) {
        VAULT_TRY(left_, vaults_to_read(reader, filter_));
        begun_ = true;
    }
    if (left_.empty()) return false;
    const ports::VaultRow vault = left_.back();
    left_.pop_back();
    std::map<Key, FeeRow> rows;
    VAULT_TRYV(for_each_row<ports::FillRow>(
        reader, &ports::StoreReader::fills, rows_of(vault, filter_),
        [&](const ports::FillRow& fill) {
            const SleeveKind sleeve = fill.fill.order.sleeve;
            FeeRow& row = rows[{fill.owner.mode, sleeve, fill.pair, fill.fill.fee_asset}];
            row.mode = fill.owner.mode;
            row.sleeve = sleeve;
            row.pair = fill.pair;
            row.fee_asset = fill.fill.fee_asset;
            return add_fill(row, fill);
        }));
    for (auto& [key, row] : rows) {
        row.vault = vault.id;
        row.user = vault.user;
        row.account = vault.account;
        row.asset = vault.asset;
        rows_.push_back(std::move(row));
    }
    return !left_.empty();
}

Result<std::vector<FeeTotal>> FeeReport::totals() const {
    std::map<std::pair<Asset, Mode>, FeeTotal> totals;
    for (const FeeRow& row : rows_) {
        FeeTotal& total = totals[{row.asset, row.mode}];
        total.asset = row.asset;
        total.mode = row.mode;
        total.trades += row.trades;
        VAULT_TRYV(add_to(total.volume, row.volume));
        VAULT_TRYV(row.value ? add_to(total.value, *row.value)
                             : add_to(total.other[row.fee_asset], row.fee));
    }
    std::vector<FeeTotal> list;
    for (auto& [key, total] : totals)
        list.push_back(std::move(total));
    return list;
}

}  // namespace vault::report
