#pragma once
// Reading every row of a filter in pages, so that no single call to the store holds long. The store
// answers with the newest rows of a filter; a page's oldest instant may be cut in two, so its rows
// are left to the next page: nothing is lost and nothing comes twice. Used inside the report room,
// on the thread that owns the reader. Errors: those of the reader, Internal if one millisecond
// holds more rows than a page can.
#include "daemon/ports/store_reader.hpp"

#include <algorithm>
#include <utility>

namespace vault::report {

inline constexpr std::uint32_t kPageRows = 1000;
inline constexpr std::uint32_t kPageRowsMax = 10'000;  // the reader's limit

template <class Row>
using Query = Result<std::vector<Row>> (ports::StoreReader::*)(const ports::RowFilter&);

// The instant by which the reader filters each kind of row.
inline UtcTime row_time(const ports::OrderRow& row) {
    return row.decided_at;
}
inline UtcTime row_time(const ports::FillRow& row) {
    return row.fill.time;
}
inline UtcTime row_time(const ports::CycleRow& row) {
    return row.closed_at;
}
inline UtcTime row_time(const ports::DayCloseRow& row) {
    return row.day;
}
template <class Row>
UtcTime row_time(const Row& row) {
    return row.at;
}

// The pages of one filter, one a step: newest page first, within a page in the reader's order.
// `filter.limit` is ignored.
template <class Row>
class RowPages {
  public:
    RowPages(Query<Row> query, ports::RowFilter filter)
        : query_(query), filter_(std::move(filter)) {
        filter_.limit = kPageRows;
    }

    // Calls `each(row)` -> Result<void> for every row of the next page. False after the last page.
    template <class Each>
    Result<bool> step(ports::StoreReader& reader, Each each) {
        VAULT_TRY(const std::vector<Row> rows, (reader.*query_)(filter_));
        const bool last = rows.size() < filter_.limit;
        UtcTime oldest{};
        if (!last) {
            const auto row = std::ranges::min_element(
                rows, {}, [](const Row& candidate) { return row_time(candidate); });
            oldest = row_time(*row);
        }
        bool moved = last;
        for (const Row& row : rows) {
            if (!last && row_time(row) == oldest) continue;
            moved = true;
            VAULT_TRYV(each(row));
        }
        if (last) return false;
        if (!moved && filter_.limit == kPageRowsMax)
            return Error(Errc::Internal, "more than 10000 rows in one millisecond");
        filter_.limit = moved ? kPageRows : kPageRowsMax;
        if (moved) filter_.to = oldest + Duration{1};
        return true;
    }

  private:
    Query<Row> query_;
    ports::RowFilter filter_;
};

// All pages at once.
template <class Row, class Each>
Result<void> for_each_row(ports::StoreReader& reader, Query<Row> query, ports::RowFilter filter,
                          Each each) {
    RowPages<Row> pages(query, std::move(filter));
    for (;;) {
        VAULT_TRY(const bool more, pages.step(reader, each));
        if (!more) return success();
    }
}

}  // namespace vault::report
