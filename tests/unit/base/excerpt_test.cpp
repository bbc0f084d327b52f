#include "common/base/excerpt.hpp"

#include <gtest/gtest.h>

namespace vault {
namespace {

TEST(Excerpt, NeverEndsInsideALetter) {
    EXPECT_EQ(excerpt("abc", 3), "abc");
    EXPECT_EQ(excerpt("abc", 2), "ab");
    EXPECT_EQ(excerpt("abc", 0), "");
    EXPECT_EQ(excerpt("aéb", 2), "a");
    EXPECT_EQ(excerpt("aéb", 3), "aé");
    EXPECT_EQ(excerpt("€", 2), "");
    EXPECT_EQ(excerpt("€", 3), "€");
    EXPECT_EQ(excerpt("\xF0\x9F\x98\x80!", 4), "\xF0\x9F\x98\x80");
    EXPECT_EQ(excerpt("\xF0\x9F\x98\x80!", 3), "");
}

TEST(Excerpt, ShowsAQuestionMarkForWhatIsNoText) {
    EXPECT_EQ(excerpt("a\xFF"
                      "b",
                      9),
              "a?b");
    EXPECT_EQ(excerpt("\xC3", 9), "?");  // cut
    EXPECT_EQ(excerpt("\xC3(", 9), "?(");
    EXPECT_EQ(excerpt("\xC0\xAF", 9), "??");            // overlong
    EXPECT_EQ(excerpt("\xE0\x80\xAF", 9), "???");       // overlong
    EXPECT_EQ(excerpt("\xED\xA0\x80", 9), "???");       // half of a pair
    EXPECT_EQ(excerpt("\xF4\x90\x80\x80", 9), "????");  // past the last letter
    EXPECT_EQ(excerpt("\xF5\x80\x80\x80", 9), "????");
    EXPECT_EQ(excerpt(std::string_view("a\0b\n\x7F", 5), 9), "a?b??");
}

}  // namespace
}  // namespace vault
