#pragma once
// Sums that can fail and what an entry or a fill means for them. Private to the report room. Pure;
// any thread. Errors: AmountTooLarge if a sum leaves the range of a Decimal.
#include "daemon/ports/rows.hpp"

#include <string_view>

namespace vault::report {

Result<void> add_to(Decimal& sum, Decimal term);
// What a fee is worth in the quote, rounded as the journal books it; none for a third asset.
Result<std::optional<Decimal>> fee_value(const ports::FillRow& row);
// Of an entry's kind: moves profit between a sleeve and what is unallocated.
bool is_sweep(std::string_view kind);

}  // namespace vault::report
