#include "daemon/report/pages.hpp"
#include "daemon/report/report_scope.hpp"
#include "daemon/report/span_reports.hpp"

#include <algorithm>
#include <tuple>

namespace vault::report {

namespace {

using Key = std::tuple<Mode, SleeveKind, std::string>;

Result<void> add_sweep(SweepSumRow& row, const ports::SweepRow& sweep) {
    const Decimal amount = sweep.amount.abs();
    const bool first = row.count++ == 0;
    row.least = first ? amount : min(row.least, amount);
    row.greatest = max(row.greatest, amount);
    row.first = first ? sweep.at : std::min(row.first, sweep.at);
    row.last = std::max(row.last, sweep.at);
    return add_to(row.amount, amount);
}

}  // namespace

Result<bool> SweepReport::step(ports::StoreReader& reader) {
    if (!begun_) {
        VAULT_TRY(left_, vaults_to_read(reader, filter_));
        begun_ = true;
    }
    if (left_.empty()) return false;
    const ports::VaultRow vault = left_.back();
    left_.pop_back();
    std::map<Key, SweepSumRow> rows;
    VAULT_TRYV(for_each_row<ports::SweepRow>(
        reader, &ports::StoreReader::sweeps, rows_of(vault, filter_),
        [&](const ports::SweepRow& sweep) {
            SweepSumRow& row = rows[{sweep.owner.mode, sweep.sleeve, sweep.kind}];
            row.mode = sweep.owner.mode;
            row.sleeve = sweep.sleeve;
            row.kind = sweep.kind;
            return add_sweep(row, sweep);
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

Result<std::vector<SweepTotal>> SweepReport::totals() const {
    std::map<std::pair<Asset, Mode>, SweepTotal> totals;
    for (const SweepSumRow& row : rows_) {
        SweepTotal& total = totals[{row.asset, row.mode}];
        total.asset = row.asset;
        total.mode = row.mode;
        const bool back = row.kind == "sweep_return";
        Decimal& sum = back                        ? total.returned
                       : row.kind == "quiet_sweep" ? total.quiet
                                                   : total.flash;
        VAULT_TRYV(add_to(sum, row.amount));
        VAULT_TRYV(add_to(total.net, back ? -row.amount : row.amount));
    }
    std::vector<SweepTotal> list;
    for (auto& [key, total] : totals)
        list.push_back(std::move(total));
    return list;
}

}  // namespace vault::report
