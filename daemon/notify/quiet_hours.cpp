#include "daemon/notify/quiet_hours.hpp"

namespace vault::notify {

bool QuietHours::cover(UtcTime now) const {
    const Duration time = now - floor_day(now);
    if (from <= to) return time >= from && time < to;
    return time >= from || time < to;
}

UtcTime QuietHours::end(UtcTime now) const {
    const UtcTime today = floor_day(now) + to;
    return today > now ? today : today + std::chrono::days{1};
}

}  // namespace vault::notify
