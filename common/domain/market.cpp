#include "common/domain/market.hpp"

#include "common/base/excerpt.hpp"

#include <fmt/format.h>

namespace vault {

std::string_view to_text(PairStatus status) {
    switch (status) {
        case PairStatus::Trading: return "trading";
        case PairStatus::ReduceOnly: return "reduce_only";
        case PairStatus::CancelOnly: return "cancel_only";
        case PairStatus::Halted: return "halted";
        case PairStatus::Delisted: return "delisted";
    }
    return "";
}

Result<PairStatus> parse_pair_status(std::string_view text) {
    for (int i = 0; i <= static_cast<int>(PairStatus::Delisted); ++i) {
        const auto status = static_cast<PairStatus>(i);
        if (to_text(status) == text) return status;
    }
    return Error{Errc::InvalidParams, fmt::format("'{}' is no status of a pair", excerpt(text, 40)),
                 "status", "one of: trading reduce_only cancel_only halted delisted"};
}

}  // namespace vault
