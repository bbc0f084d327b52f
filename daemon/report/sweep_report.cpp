#include "daemon/report/span_reports.hpp"
#include "daemon/report/sums.hpp"

#include <algorithm>

namespace vault::report {

namespace {

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

Result<void> SweepReport::add(ports::StoreReader& reader, const ports::SweepRow& sweep) {
    const VaultMark& mark = queue_.front();
    VAULT_TRY(const bool counts, is_before(reader, mark, sweep));
    if (!counts) return success();
    SweepSumRow& row = sums_[{sweep.owner.mode, sweep.sleeve, sweep.kind}];
    row.vault = mark.vault;
    row.user = mark.user;
    row.account = mark.account;
    row.asset = mark.asset;
    row.mode = sweep.owner.mode;
    row.sleeve = sweep.sleeve;
    row.kind = sweep.kind;
    return add_sweep(row, sweep);
}

Result<bool> SweepReport::step(ports::StoreReader& reader) {
    VAULT_TRYV(queue_.check());
    if (queue_.empty()) return false;
    if (!pages_) pages_.emplace(&ports::StoreReader::sweeps, queue_.rows());
    VAULT_TRY(const bool more, pages_->step(reader, [&](const ports::SweepRow& sweep) {
        return add(reader, sweep);
    }));
    if (more) return true;
    for (auto& [key, row] : std::exchange(sums_, {}))
        rows_.push_back(row);
    pages_.reset();
    queue_.pop();
    return !queue_.empty();
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
