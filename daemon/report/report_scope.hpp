#pragma once
// Which vaults a report is about, and sums that can fail. Private to the report room. Read only, on
// the thread that owns the reader. Errors: StoreFailed, NotFound, InvalidParams for an empty span.
#include "daemon/report/pnl.hpp"

namespace vault::report {

// By id. The filter's span is not empty.
Result<std::vector<ports::VaultRow>> chosen_vaults(ports::StoreReader& reader,
                                                   const PnlFilter& filter);
// The same, the first one last: for readers that take one after the other from the end.
Result<std::vector<ports::VaultRow>> vaults_to_read(ports::StoreReader& reader,
                                                    const PnlFilter& filter);
Result<void> add_to(Decimal& sum, Decimal term);
// The rows of one vault in the span.
ports::RowFilter rows_of(const ports::VaultRow& vault, const PnlFilter& filter);
// What a fee is worth in the quote, rounded as the journal books it; none for a third asset.
Result<std::optional<Decimal>> fee_value(const ports::FillRow& row);

}  // namespace vault::report
