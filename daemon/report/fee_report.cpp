#include "daemon/report/span_reports.hpp"
#include "daemon/report/sums.hpp"

namespace vault::report {

namespace {

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

Result<void> FeeReport::add(ports::StoreReader& reader, const ports::FillRow& fill) {
    const VaultMark& mark = queue_.front();
    VAULT_TRY(const bool counts, is_before(reader, mark, fill));
    if (!counts) return success();
    const SleeveKind sleeve = fill.fill.order.sleeve;
    FeeRow& row = sums_[{fill.owner.mode, sleeve, fill.pair, fill.fill.fee_asset}];
    row.vault = mark.vault;
    row.user = mark.user;
    row.account = mark.account;
    row.asset = mark.asset;
    row.mode = fill.owner.mode;
    row.sleeve = sleeve;
    row.pair = fill.pair;
    row.fee_asset = fill.fill.fee_asset;
    return add_fill(row, fill);
}

Result<bool> FeeReport::step(ports::StoreReader& reader) {
    VAULT_TRYV(queue_.check());
    if (queue_.empty()) return false;
    if (!pages_) pages_.emplace(&ports::StoreReader::fills, queue_.rows());
    VAULT_TRY(const bool more,
              pages_->step(reader, [&](const ports::FillRow& fill) { return add(reader, fill); }));
    if (more) return true;
    for (auto& [key, row] : std::exchange(sums_, {}))
        rows_.push_back(row);
    pages_.reset();
    queue_.pop();
    return !queue_.empty();
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
