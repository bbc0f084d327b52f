#pragma once
// TimeRows: the rows of a span from the oldest on, although the store answers with the newest of a
// filter: it is asked for one window of time after the other, which is halved while it holds more
// than a page and doubled while it holds little. Private to the report room. Belongs to one caller;
// fill() makes one bounded read, on the thread that owns the reader. Errors: those of the reader,
// Internal if one millisecond holds more rows than a page.
#include "daemon/report/pages.hpp"

#include <functional>

namespace vault::report {

template <class Row>
class TimeRows {
  public:
    using Read =
        std::function<Result<std::vector<Row>>(ports::StoreReader&, const ports::RowFilter&)>;
    // Rows with from <= at < to that fit the rest of the filter.
    TimeRows(Read read, ports::RowFilter filter, UtcTime from, UtcTime to)
        : read_(std::move(read)), filter_(std::move(filter)), from_(from), to_(to) {
        filter_.limit = kPageRows + 1;
    }

    // Nothing is at hand, and there may be more: fill() comes next.
    bool starved() const { return next_ == rows_.size() && from_ < to_; }
    Result<void> fill(ports::StoreReader& reader) {
        const Duration width = std::min(width_, to_ - from_);
        filter_.from = from_;
        filter_.to = from_ + width;
        VAULT_TRY(std::vector<Row> rows, read_(reader, filter_));
        if (rows.size() > kPageRows) {
            if (width == Duration{1})
                return Error(Errc::Internal, "more than 1000 rows in one millisecond");
            width_ = width / 2;
            return success();
        }
        from_ = *filter_.to;
        if (rows.size() < kPageRows / 4 && width_ < kWidest) width_ *= 2;
        rows_ = std::move(rows);
        next_ = 0;
        return success();
    }
    // The oldest that was not taken; null: starved, or there is none.
    const Row* front() const { return next_ == rows_.size() ? nullptr : &rows_[next_]; }
    void pop() { ++next_; }

  private:
    static constexpr Duration kWidest = std::chrono::hours{24 * 1000};

    Read read_;
    ports::RowFilter filter_;
    UtcTime from_, to_;  // still to be read
    Duration width_ = std::chrono::hours{12};
    std::vector<Row> rows_;
    std::size_t next_ = 0;
};

}  // namespace vault::report
