#include "common/base/url.hpp"

#include <gtest/gtest.h>

namespace vault {
namespace {

std::string taken_apart(std::string_view text, bool web_socket = false) {
    const auto url = web_socket ? parse_ws_url(text) : parse_url(text);
    if (!url) return "refused: " + url.error().message();
    return url.value().origin() + " " + url.value().host + " " + url.value().target;
}

TEST(Url, IsTakenApart) {
    EXPECT_EQ(taken_apart("https://host"), "https://host:443 host /");
    EXPECT_EQ(taken_apart("http://host/"), "http://host:80 host /");
    EXPECT_EQ(taken_apart("https://a-b.c_d.example:8443/x/y?z=1&w=%20"),
              "https://a-b.c_d.example:8443 a-b.c_d.example /x/y?z=1&w=%20");
    EXPECT_EQ(taken_apart("http://host?x"), "http://host:80 host /?x");
    EXPECT_EQ(taken_apart("http://host/a#part"), "http://host:80 host /a");
    EXPECT_EQ(taken_apart("http://host#part"), "http://host:80 host /");
    EXPECT_EQ(taken_apart("http://[::1]:81/a"), "http://[::1]:81 ::1 /a");
    EXPECT_EQ(taken_apart("http://[2001:db8::2]/"), "http://[2001:db8::2]:80 2001:db8::2 /");
}

TEST(Url, WhatIsNoneIsRefused) {
    for (const char* text : {"",
                             "host",
                             "ftp://host/",
                             "HTTPS://host/",
                             "https://",
                             "https:///x",
                             "https://:80/",
                             "https://user@host/",
                             "https://user:pass@host/",
                             "http://host:0/",
                             "http://host:65536/",
                             "http://host:8o/",
                             "http://host:/",
                             "http://[::1",
                             "http://::1/",
                             "http://ho st/",
                             "http://host/\r\nX: y",
                             "http://host/\x01",
                             "http://h\xc3\xb6st/",
                             "http://host/\"",
                             "http://a:b:c/"})
        EXPECT_TRUE(taken_apart(text).starts_with("refused: ")) << text;
    EXPECT_TRUE(taken_apart("http://host/" + std::string(2'000, 'a')).starts_with("refused: "));
}

TEST(Url, OfAWebSocketIsTakenApart) {
    EXPECT_EQ(taken_apart("wss://host", true), "wss://host:443 host /");
    EXPECT_EQ(taken_apart("ws://host/", true), "ws://host:80 host /");
    EXPECT_EQ(taken_apart("wss://ws-auth.host.example:8443/v2?x=1", true),
              "wss://ws-auth.host.example:8443 ws-auth.host.example /v2?x=1");
    EXPECT_EQ(taken_apart("ws://[::1]:81/a#part", true), "ws://[::1]:81 ::1 /a");
    EXPECT_TRUE(parse_ws_url("wss://host/").value().tls);
    EXPECT_FALSE(parse_ws_url("ws://host/").value().tls);
}

TEST(Url, WhatIsNoneOfAWebSocketIsRefused) {
    for (const char* text : {"", "host", "wss://", "WSS://host/", "wsss://host/", "https://host/",
                             "http://host/", "wss://user@host/", "wss://host:0/", "wss://host:/",
                             "ws://[::1", "ws://ho st/", "wss://host/\r\nX: y", "wss://a:b:c/"})
        EXPECT_TRUE(taken_apart(text, true).starts_with("refused: ")) << text;
    const auto url = parse_ws_url("https://host/");
    EXPECT_EQ(url.error().message(), "is no ws or wss URL");
    EXPECT_EQ(url.error().hint(), "such as wss://host/path");
    EXPECT_TRUE(taken_apart("wss://host/").starts_with("refused: "));
}

TEST(Url, AuthorityNamesAPortThatIsNotTheUsual) {
    EXPECT_EQ(parse_url("https://host/x").value().authority(), "host");
    EXPECT_EQ(parse_url("https://host:443/x").value().authority(), "host");
    EXPECT_EQ(parse_url("https://host:80/").value().authority(), "host:80");
    EXPECT_EQ(parse_url("http://[::1]/").value().authority(), "[::1]");
    EXPECT_EQ(parse_ws_url("ws://[::1]:81/").value().authority(), "[::1]:81");
}

}  // namespace
}  // namespace vault
