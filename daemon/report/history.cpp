#include "daemon/report/history.hpp"

#include "daemon/report/pages.hpp"

#include <map>

namespace vault::report {

Result<std::vector<HistorySeries>> history(ports::StoreReader& reader, VaultId vault,
                                           std::optional<UtcTime> from, std::optional<UtcTime> to) {
    std::map<std::pair<SleeveKind, Mode>, HistorySeries> series;
    ports::RowFilter filter;
    filter.vault = vault;
    filter.from = from;
    if (to) filter.to = *to + Duration{1};  // the filter ends before its `to`
    VAULT_TRYV(for_each_row<ports::DayCloseRow>(
        reader, &ports::StoreReader::day_closes, filter,
        [&](const ports::DayCloseRow& row) -> Result<void> {
            HistorySeries& one = series[{row.sleeve, row.owner.mode}];
            one.vault = vault;
            one.sleeve = row.sleeve;
            one.mode = row.owner.mode;
            one.points.push_back({row.day, row.balance, row.equity, row.realised, row.unrealised,
                                  row.fees, row.swept, row.principal, row.vault_total,
                                  row.vault_tradeable});
            return success();
        }));
    std::vector<HistorySeries> list;
    for (auto& [key, one] : series) {
        std::ranges::sort(one.points, {}, &HistoryPoint::day);
        list.push_back(std::move(one));
    }
    return list;
}

}  // namespace vault::report
