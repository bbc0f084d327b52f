#pragma once
// The envelope of Kraken's answers: {"error":[…],"result":…}. The texts in "error" that begin with
// W are warnings beside a result; all others are errors, and then "result" may be there or not.
// Pure; any thread.
#include "common/base/result.hpp"
#include "common/base/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vault::exchange::kraken {

struct Envelope {
    std::vector<std::string> errors;  // whole, as they came
    std::vector<std::string> warnings;
    std::optional<std::string> result;  // its JSON text; see kraken/json.hpp
};

// Of a whole body. Errors: NotReady for what is no such answer: a page of HTML, half an answer,
// neither an error nor a result. What such an answer leaves of a call is not known.
Result<Envelope> read_envelope(std::string_view body);

// An answer with a result.
struct Answer {
    std::string result;  // JSON text
    std::vector<std::string> warnings{};
    std::uint64_t latency_us = 0;  // from the call that was answered to its answer
};

}  // namespace vault::exchange::kraken
