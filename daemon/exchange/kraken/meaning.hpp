#pragma once
// What Kraken's error texts mean, as one table: by the beginning of the text, the longest that
// fits. It answers what an order's fate needs (design/architecture.md: Refused or Unresolved; a
// text that is in no row is Unresolved too, never a refusal) and what to do next. Pure values; any
// thread.
#include "common/base/error.hpp"
#include "common/base/time.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vault::exchange::kraken {

// Whether a call changes something at the exchange: of one that only reads nothing has to be found
// out afterwards.
enum class CallKind : std::uint8_t { Read, Change };

// What became of a call that brought no result.
enum class Outcome : std::uint8_t {
    RetryLater,  // certainly not done; the same call may succeed after a while
    Refused,     // certainly not done; the same call would be refused again
    Unresolved,  // done or not: only asking the exchange tells
};

// What the caller does about it, beside what the outcome says.
enum class Remedy : std::uint8_t {
    None,         // the call itself has to change
    BackOff,      // no call of this key for some seconds; more would lengthen the block
    PairDecay,    // the pair's own counter of the trading engine has to fall; cancels first
    FreshNonce,   // once more with a higher nonce; then the key is shared, or a clock is wrong
    AwaitStatus,  // until SystemStatus says that the exchange takes such orders
    LookUp,       // ask for the order by its client id before anything is decided
    LockedOut,    // no private call for minutes, and tell a person
    HaltTrading,  // with this key nothing will work: tell a person
};

struct Meaning {
    Outcome outcome = Outcome::Unresolved;  // of a call that changes something
    Errc code = Errc::NotReady;
    Remedy remedy = Remedy::LookUp;
    // Of a call of that kind: what is Unresolved is merely to be asked again of one that reads.
    Outcome of(CallKind kind) const {
        const bool harmless = kind == CallKind::Read && outcome == Outcome::Unresolved;
        return harmless ? Outcome::RetryLater : outcome;
    }
    friend bool operator==(const Meaning&, const Meaning&) = default;
};

struct MeaningRow {
    std::string_view prefix;  // without a blank behind the first colon
    Meaning meaning;
};
std::span<const MeaningRow> meanings();

// Blanks behind the first colon do not matter. A text in no row has the meaning of Meaning{}.
Meaning meaning_of(std::string_view words);

// An answer that was an error.
struct Refusal {
    std::string words;  // Kraken's, cut to be shown
    Meaning meaning;
    std::optional<UtcTime> until{};  // not before then, if it said ("EService: Throttled: <time>")
    friend bool operator==(const Refusal&, const Refusal&) = default;
};
// Of all the errors of one answer, at least one: the one that allows the least.
Refusal refusal_of(std::span<const std::string> errors);

std::string_view to_text(Outcome outcome);  // "retry_later"

}  // namespace vault::exchange::kraken
