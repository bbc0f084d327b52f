#include "daemon/notify/quiet_hours.hpp"

#include <gtest/gtest.h>

namespace vault::notify {
namespace {

UtcTime at(std::string_view time) {
    return parse_utc("2026-03-01T" + std::string{time} + "Z").value();
}
Duration minutes(int hours, int more) {
    return std::chrono::hours{hours} + std::chrono::minutes{more};
}

TEST(QuietHours, CoverAWindowOfTheDay) {
    const QuietHours noon{minutes(12, 0), minutes(13, 30)};
    EXPECT_FALSE(noon.cover(at("11:59:59.999")));
    EXPECT_TRUE(noon.cover(at("12:00:00")));
    EXPECT_TRUE(noon.cover(at("13:29:59.999")));
    EXPECT_FALSE(noon.cover(at("13:30:00")));
    EXPECT_EQ(noon.end(at("12:10:00")), at("13:30:00"));
}

TEST(QuietHours, GoAcrossMidnight) {
    const QuietHours night{minutes(22, 0), minutes(6, 30)};
    EXPECT_TRUE(night.cover(at("23:00:00")));
    EXPECT_TRUE(night.cover(at("00:00:00")));
    EXPECT_FALSE(night.cover(at("06:30:00")));
    EXPECT_FALSE(night.cover(at("21:59:00")));
    EXPECT_EQ(night.end(at("05:00:00")), at("06:30:00"));
    EXPECT_EQ(night.end(at("23:00:00")), at("06:30:00") + std::chrono::days{1});
}

TEST(QuietHours, TheSameTimeTwiceIsNever) {
    EXPECT_FALSE(QuietHours{}.cover(at("00:00:00")));
    EXPECT_FALSE((QuietHours{minutes(5, 0), minutes(5, 0)}.cover(at("05:00:00"))));
}

}  // namespace
}  // namespace vault::notify
