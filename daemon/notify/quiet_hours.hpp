#pragma once
// Quiet hours: a window of the day, UTC, in which a target is left alone unless it is critical.
// Pure; any thread; cannot fail.
#include "common/base/time.hpp"

namespace vault::notify {

// From `from` to before `to`, across midnight if that is the earlier one; the same twice: never.
struct QuietHours {
    Duration from{}, to{};  // since midnight

    bool cover(UtcTime now) const;
    // When those that cover `now` end.
    UtcTime end(UtcTime now) const;
    friend bool operator==(const QuietHours&, const QuietHours&) = default;
};

}  // namespace vault::notify
