#include "common/protocol/framing.hpp"

#include "common/base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace vault::protocol {
namespace {

TEST(Framing, SplitsTheSameHoweverTheBytesArrive) {
    const std::string stream = "one\n\ntwo\r\nthree \xc3\xbc\n\n{\"a\":1}\nrest";
    const std::vector<std::string> want{"one", "two", "three \xc3\xbc", "{\"a\":1}"};
    Random random(42);
    for (int round = 0; round < 500; ++round) {
        LineSplitter lines;
        std::vector<std::string> got;
        for (std::size_t at = 0; at < stream.size();) {
            const auto size = std::min<std::size_t>(1 + random.below(9), stream.size() - at);
            lines.feed(std::string_view(stream).substr(at, size));
            at += size;
            while (auto line = lines.next())
                got.push_back(*line);
        }
        ASSERT_EQ(got, want);
        EXPECT_EQ(lines.pending(), 4U);
        EXPECT_EQ(lines.fault(), LineSplitter::Fault::None);
    }
}

TEST(Framing, LimitIsExactAndFinal) {
    LineSplitter fits(10);
    fits.feed("0123456789\n");
    EXPECT_EQ(fits.next(), "0123456789");
    LineSplitter whole(10);
    whole.feed("01234567890\nok\n");
    EXPECT_EQ(whole.next(), std::nullopt);
    EXPECT_EQ(whole.fault(), LineSplitter::Fault::TooLong);
    LineSplitter unfinished(10);
    unfinished.feed("01234567890");
    EXPECT_EQ(unfinished.next(), std::nullopt);
    EXPECT_EQ(unfinished.fault(), LineSplitter::Fault::TooLong);
    unfinished.feed("\nok\n");
    EXPECT_EQ(unfinished.next(), std::nullopt);
}

TEST(Framing, HttpIsSeenBeforeItsLineEnds) {
    LineSplitter lines;
    lines.feed("GET / HTTP/1.1");
    EXPECT_EQ(lines.next(), std::nullopt);
    EXPECT_EQ(lines.fault(), LineSplitter::Fault::Http);
    LineSplitter later;
    later.feed("{}\nGET / HTTP/1.1\n");
    EXPECT_EQ(later.next(), "{}");
    EXPECT_EQ(later.next(), "GET / HTTP/1.1");
}

}  // namespace
}  // namespace vault::protocol
