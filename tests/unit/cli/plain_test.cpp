// -o plain: nothing of the JSON is lost, and a line is a line whatever the names are.
#include "cli/render/plain.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace vault::render {
namespace {

std::string plain(std::string_view text) {
    return plain_lines(json::parse(text));
}

TEST(Plain, EveryValueHasALineAndAPath) {
    EXPECT_EQ(plain(R"([{"id":"v1","quiet":{"cash":"5","pauses":[]},"pairs":["A/B","C/D"]},)"
                    R"({"id":"v2","quiet":null,"ok":true,"n":7,"note":"","map":{}}])"),
              "0.id\tv1\n0.quiet.cash\t5\n0.quiet.pauses\t[]\n0.pairs.0\tA/B\n0.pairs.1\tC/D\n"
              "1.id\tv2\n1.quiet\t\n1.ok\ttrue\n1.n\t7\n1.note\t\n1.map\t{}\n");
    EXPECT_EQ(plain(R"({"checks":[{"name":"a","of":{"x":[[1]]}}]})"),
              "checks.0.name\ta\nchecks.0.of.x.0.0\t1\n");
}

TEST(Plain, WhatStandsAloneHasNoPath) {
    EXPECT_EQ(plain("\"v1\""), "v1\n");
    EXPECT_EQ(plain("[]"), "");
    EXPECT_EQ(plain(R"(["a"])"), "0\ta\n");
    EXPECT_EQ(plain_lines(json::parse(R"({"seq":3})"), "7."), "7.seq\t3\n");
}

TEST(Plain, NoValueBreaksItsLine) {
    EXPECT_EQ(plain(R"({"a.b\tc":"x\ty\nz\\\r"})"), "a\\.b\\tc\tx\\ty\\nz\\\\\\r\n");
    EXPECT_EQ(plain(R"(["\u001b[2J","\u0085","\u202e","東京é"])"),
              "0\t\\u{1b}[2J\n1\t\\u{85}\n2\t\\u{202e}\n3\t東京é\n");
    EXPECT_EQ(plain_lines(json::value("a\xff")), "a\\xff\n");
}

}  // namespace
}  // namespace vault::render
