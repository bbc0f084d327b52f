#pragma once
// The last decision of a sleeve, with what its reason means in a sentence and every figure that it
// was made from. Read only, on the thread that owns the reader. Errors: StoreFailed, NotFound
// before the first stored decision.
#include "daemon/ports/store_reader.hpp"

#include <string_view>

namespace vault::report {

struct DecisionWhy {
    ports::DecisionRow decision;             // figures_json: every figure, as the engine stored it
    std::string_view explanation;            // of the reason; static text
    std::vector<ports::DecisionRow> before;  // up to four decisions that led here, oldest first
};

Result<DecisionWhy> decision_why(ports::StoreReader& reader, VaultId vault, SleeveKind sleeve);

// What a reason means, for a person. A reason that this build does not know gets a general
// sentence.
std::string_view explain_reason(std::string_view reason);

}  // namespace vault::report
