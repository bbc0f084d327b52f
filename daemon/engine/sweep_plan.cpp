#include "daemon/engine/sweep_plan.hpp"

#include "common/base/excerpt.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::engine {
namespace {

constexpr std::array kEvery{SweepEvery::Off, SweepEvery::Day, SweepEvery::Week, SweepEvery::Month};

Error out_of_range(std::string_view key, std::string_view text, std::string hint) {
    return Error{Errc::InvalidParams, fmt::format("{} cannot be '{}'", key, excerpt(text, 40)),
                 std::string{key}, std::move(hint)};
}

}  // namespace

std::string_view to_text(SweepEvery every) {
    switch (every) {
        case SweepEvery::Off: return "off";
        case SweepEvery::Day: return "daily";
        case SweepEvery::Week: return "weekly";
        case SweepEvery::Month: return "monthly";
    }
    return "";
}

std::optional<UtcTime> last_due(SweepEvery every, UtcTime now) {
    namespace ch = std::chrono;
    const ch::sys_days today = ch::floor<ch::days>(now);
    switch (every) {
        case SweepEvery::Off: return std::nullopt;
        case SweepEvery::Day: return UtcTime{today};
        case SweepEvery::Week: return UtcTime{today - (ch::weekday{today} - ch::Monday)};
        case SweepEvery::Month: {
            const ch::year_month_day date{today};
            return UtcTime{ch::sys_days{date.year() / date.month() / 1}};
        }
    }
    return std::nullopt;
}

Result<void> set(SweepPlan& plan, std::string_view key, std::string_view text) {
    if (key == kSweepKey) {
        for (const SweepEvery every : kEvery) {
            if (to_text(every) != text) continue;
            plan.every = every;
            return success();
        }
        return out_of_range(key, text, "use off, daily, weekly or monthly");
    }
    VAULT_CHECK(key == kSweepShareKey, "a key of the sweep plan");
    const auto share = Decimal::parse(text);
    if (!share || !share.value().is_positive() || share.value() > kOne)
        return out_of_range(key, text, "use a fraction of the profit, above 0 and up to 1");
    plan.share = share.value();
    return success();
}

std::string text_of(const SweepPlan& plan, std::string_view key) {
    return key == kSweepKey ? std::string{to_text(plan.every)} : plan.share.text();
}

}  // namespace vault::engine
