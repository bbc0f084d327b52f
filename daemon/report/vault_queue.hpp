#pragma once
// What every report of a span is about, and the queue in which it takes its vaults: one after the
// other by id, each in steps of one bounded read, so that no report, however many vaults it has,
// holds the reader for long. Figures end at the marks: a row that was booked after its vault's mark
// was taken is not in the report. Private to the report room but for ReportScope. Belongs to one
// caller; reads run on the thread that owns the reader. Errors: StoreFailed, InvalidParams for an
// empty span.
#include "daemon/ports/store_reader.hpp"
#include "daemon/report/vault_mark.hpp"

#include <algorithm>
#include <utility>

namespace vault::report {

struct ReportScope {
    std::optional<UtcTime> from, to;  // of the rows' own clock, from <= at < to
    std::vector<VaultMark> vaults;    // all of one instant
};

class VaultQueue {
  public:
    explicit VaultQueue(ReportScope scope) : scope_(std::move(scope)) {
        std::ranges::sort(scope_.vaults, {}, &VaultMark::vault);
    }
    // Refuses a span in which nothing can be.
    Result<void> check() const {
        if (!scope_.from || !scope_.to || *scope_.from < *scope_.to) return success();
        return Error(Errc::InvalidParams, "the span is empty: `to` must be after `from`", "to",
                     "give a later --to");
    }
    const std::optional<UtcTime>& from() const { return scope_.from; }
    const std::optional<UtcTime>& to() const { return scope_.to; }
    bool empty() const { return next_ == scope_.vaults.size(); }
    const VaultMark& front() const { return scope_.vaults[next_]; }
    void pop() { ++next_; }
    // Every vault, also those that were taken.
    const std::vector<VaultMark>& vaults() const { return scope_.vaults; }

    // The rows of the first vault in the span, as far as the mark's clock goes.
    ports::RowFilter rows() const {
        ports::RowFilter rows;
        rows.vault = front().vault;
        rows.from = scope_.from;
        rows.to = front().now + Duration{1};
        if (scope_.to) rows.to = std::min(*rows.to, *scope_.to);
        return rows;
    }

  private:
    ReportScope scope_;
    std::size_t next_ = 0;
};

// True if the row was booked before the mark was taken. Rows of earlier instants were; of those of
// the mark's own instant the journal tells.
Result<bool> is_before(ports::StoreReader& reader, const VaultMark& mark,
                       const ports::FillRow& row);
Result<bool> is_before(ports::StoreReader& reader, const VaultMark& mark,
                       const ports::SweepRow& row);
bool is_before(const VaultMark& mark, const ports::CycleRow& row);

}  // namespace vault::report
