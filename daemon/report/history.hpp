#pragma once
// Series for charts: one point per day from the day-close rows, one series per sleeve and mode.
// Read only, on the thread that owns the reader, in pages. Errors: StoreFailed.
#include "daemon/ports/store_reader.hpp"

namespace vault::report {

struct HistoryPoint {
    UtcTime day;  // the day that ended, its midnight
    Decimal balance, equity, realised, unrealised, fees, swept, principal;
    Decimal vault_total, vault_tradeable;
};

struct HistorySeries {
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    Mode mode = Mode::Paper;
    std::vector<HistoryPoint> points;  // oldest first
};

// By sleeve, then mode: the days from `from` to `to`, both included. Empty if none of them has
// ended.
Result<std::vector<HistorySeries>> history(ports::StoreReader& reader, VaultId vault,
                                           std::optional<UtcTime> from, std::optional<UtcTime> to);

}  // namespace vault::report
