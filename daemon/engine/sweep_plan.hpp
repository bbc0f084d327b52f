#pragma once
// When a quiet sleeve gives a share of its profit back to unallocated (design/domain.md, rule 5):
// off by default; at midnight UTC of each day, Monday or first of a month it falls due, and is done
// as soon as the sleeve is flat. Values; the shard's thread.
#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/domain/decimal.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace vault::engine {

enum class SweepEvery : std::uint8_t { Off, Day, Week, Month };
std::string_view to_text(SweepEvery every);  // off daily weekly monthly

struct SweepPlan {
    SweepEvery every = SweepEvery::Off;
    Decimal share = kOne;  // of the profit, 0 < share <= 1
    friend bool operator==(const SweepPlan&, const SweepPlan&) = default;
};

// The last instant, at or before `now`, at which such a sweep falls due; none when off.
std::optional<UtcTime> last_due(SweepEvery every, UtcTime now);

// The plan's keys in `sleeve set`: quiet_sweep (off, daily, weekly, monthly), quiet_sweep_share.
inline constexpr std::string_view kSweepKey = "quiet_sweep";
inline constexpr std::string_view kSweepShareKey = "quiet_sweep_share";
// Errors: InvalidParams naming the key, its range and unit; nothing has changed then.
Result<void> set(SweepPlan& plan, std::string_view key, std::string_view text);
std::string text_of(const SweepPlan& plan, std::string_view key);

}  // namespace vault::engine
