#pragma once
// TradingWindows: when buys are allowed, a list such as "mon-fri 08:00-22:00, sat 10:00-12:00" in
// UTC. A start is inside, an end is outside; "22:00-02:00" runs into the next day; "always" is no
// limit. A value; any thread. Parsing fails with InvalidParams.
#include "common/base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vault::strategy {

class TradingWindows {
  public:
    // Days are mon tue wed thu fri sat sun, one or a range (it may wrap: fri-mon); without days the
    // hours hold on every day. Hours are HH:MM, the end may be 24:00. At most 32 entries.
    static Result<TradingWindows> parse(std::string_view text);
    std::string text() const;

    bool always() const { return entries_.empty(); }
    bool contains(UtcTime time) const { return always() || listed(time); }

    friend bool operator==(const TradingWindows&, const TradingWindows&) = default;

  private:
    struct Entry {
        std::uint8_t first_day = 0;  // 0 = Monday
        std::uint8_t last_day = 6;
        std::uint16_t from = 0;  // minute of the day, inside
        std::uint16_t to = 0;    // outside; <= from: of the next day
        friend bool operator==(const Entry&, const Entry&) = default;
    };
    static Result<Entry> parse_entry(std::string_view text);
    static bool matches(const Entry& entry, unsigned day, unsigned minute);
    bool listed(UtcTime time) const;

    std::vector<Entry> entries_;
};

}  // namespace vault::strategy
