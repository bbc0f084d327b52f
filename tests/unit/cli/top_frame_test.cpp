// The picture of `top`, compared with files that hold it as it should be, and what must hold for
// every picture: its size, whatever the document holds.
#include "cli/top/cells.hpp"
#include "cli/top/frame.hpp"
#include "cli/top/rates.hpp"
#include "tests/unit/cli/top_document.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

namespace vault::top {
namespace {

using test::empty_top_document;
using test::top_document;

std::string drawn(const json::object& document, const ViewState& state, Canvas canvas,
                  const Link& link = {}) {
    RateMeter meter;
    meter.feed(document);
    std::string text;
    for (const Line& line : draw({&document, meter.rates(), link, Duration{1000}}, state, canvas))
        text += plain_text(line) + '\n';
    return text;
}

// A picture that is not as its file says is written beside the temporary files, to be looked at.
void expect_golden(const std::string& name, const std::string& text) {
    std::ifstream file(std::string(VAULT_GOLDEN) + "/" + name + ".txt");
    std::stringstream wanted;
    wanted << file.rdbuf();
    if (wanted.str() == text) return;
    const auto actual = std::filesystem::temp_directory_path() / (name + ".txt");
    std::ofstream(actual) << text;
    ADD_FAILURE() << "not as in " << VAULT_GOLDEN << "/" << name << ".txt; it is in " << actual
                  << " and is:\n"
                  << text;
}

ViewState on(Page page) {
    ViewState state;
    state.page = page;
    return state;
}

TEST(TopFrame, EveryPageIsAsItShouldBe) {
    const json::object document = top_document();
    for (int i = 0; i < kPages; ++i) {
        const ViewState state = on(static_cast<Page>(i));
        const std::string name(name_of(section_of(state.page)));
        expect_golden("top_80x24_" + name, drawn(document, state, {80, 24}));
        expect_golden("top_200x50_" + name, drawn(document, state, {200, 50}));
    }
}

TEST(TopFrame, AVaultTellsWhyItDoesNotTrade) {
    ViewState state;
    state.vault = "v2";
    expect_golden("top_80x24_vault", drawn(top_document(), state, {80, 24}));
    expect_golden("top_200x50_vault", drawn(top_document(), state, {200, 50}));
    state.first = 1000;  // past the end: the last lines stay
    EXPECT_NE(drawn(top_document(), state, {80, 24}).find("no_signal"), std::string::npos);
    const json::object document = top_document();
    hold_in_place(state, {&document, {}, {}, Duration{1000}}, {80, 24});
    EXPECT_EQ(state.first, 6U);
    hold_in_place(state, {&document, {}, {}, Duration{1000}}, {200, 50});
    EXPECT_EQ(state.first, 0U);  // all of it is shown
}

TEST(TopFrame, HelpAndFilterAreAsTheyShouldBe) {
    ViewState state;
    state.help = true;
    expect_golden("top_80x24_help", drawn(top_document(), state, {80, 24}));
    state.help = false;
    state.typing = true;
    state.filter() = "BOB";
    state.orders[0] = {9, true};
    expect_golden("top_80x24_filter", drawn(top_document(), state, {80, 24, true}));
}

TEST(TopFrame, ThousandsOfRowsKeepToTheirPlace) {
    ViewState state;
    state.chosen[0] = "v1500/";
    const std::string text = drawn(top_document(2000), state, {80, 24});
    EXPECT_NE(text.find("\n> v1500 "), std::string::npos) << text;
    EXPECT_NE(text.find("-1494/2004"), std::string::npos) << text;
    EXPECT_NE(text.find("somebody_with_a…"), std::string::npos) << text;
    json::object cut = top_document(10);
    cut.at("matched").as_object()["vaults"] = 10'000;
    EXPECT_NE(drawn(cut, {}, {80, 24}).find("1-14/14 of 10000"), std::string::npos);
}

TEST(TopFrame, NothingIsSaidInWords) {
    const json::object empty = empty_top_document();
    EXPECT_NE(drawn(empty, {}, {80, 24}).find("no vault yet"), std::string::npos);
    EXPECT_NE(drawn(empty, on(Page::Alerts), {80, 24}).find("nothing needs a person"),
              std::string::npos);
    ViewState filtered;
    filtered.filter() = "nobody";
    EXPECT_NE(drawn(top_document(), filtered, {80, 24}).find("nothing fits the filter"),
              std::string::npos);
    std::string nothing;
    for (const Line& line : draw({}, {}, {80, 24}))
        nothing += plain_text(line) + '\n';
    EXPECT_NE(nothing.find("waiting for the daemon"), std::string::npos);
}

TEST(TopFrame, ALostDaemonIsSaidAboveTheLastPicture) {
    const Link lost{Link::State::Lost, "no socket at /run/x", Duration{65'000}};
    const std::string text = drawn(top_document(), {}, {80, 24}, lost);
    EXPECT_NE(text.find("connection lost, retrying (1m5s)"), std::string::npos) << text;
    EXPECT_NE(text.find("no socket at /run/x"), std::string::npos);
    EXPECT_NE(text.find("939050.88"), std::string::npos);
    const std::string late =
        drawn(top_document(), {}, {80, 24}, {Link::State::Live, "", Duration{9000}});
    EXPECT_NE(late.find("no answer for 9s"), std::string::npos) << late;
}

TEST(TopFrame, ASmallTerminalIsToldSo) {
    const std::string text = drawn(top_document(), {}, {30, 6});
    EXPECT_NE(text.find("terminal too small: 30x6"), std::string::npos) << text;
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 6);
    EXPECT_EQ(draw({}, {}, {1, 1}).size(), 1U);
}

// A daemon that tells when it decided has it shown; an older one does not, and has no empty column.
TEST(TopFrame, ADecisionHasItsTime) {
    json::object document = top_document();
    ViewState state;
    state.vault = "v2";
    EXPECT_EQ(drawn(document, state, {80, 40}).find("  AT  "), std::string::npos);
    json::array& decisions = document.at("decisions").as_array();
    ASSERT_FALSE(decisions.empty());
    for (json::value& decision : decisions)
        decision.as_object()["at"] = "2024-01-25T09:00:15.000Z";
    const std::string page = drawn(document, state, {80, 40});
    EXPECT_NE(page.find("  AT  "), std::string::npos) << page;
    EXPECT_NE(page.find("01-25 09:00:15"), std::string::npos) << page;
}

TEST(TopFrame, WhatIsWrongWithTheStoreIsNotCut) {
    json::object document = top_document();
    json::object& store = document.at("store").as_object();
    store["writable"] = false;
    store["buys_stopped"] = true;
    store["full_check_failed"] = true;
    const auto lines = draw({&document, {}, {}, Duration{1000}}, ViewState{},
                            Canvas{.width = 80, .height = 24, .ascii = true});
    const std::string line = plain_text(lines.at(1));
    EXPECT_TRUE(line.starts_with(" store takes no writes  disk ")) << line;
    EXPECT_NE(line.find("buys stopped  books wrong: vaultctl ledger"), std::string::npos) << line;
    EXPECT_EQ(line.back(), '~') << line;
}

// Also where a piece of the line ends exactly at its last cell.
TEST(TopFrame, WhatIsCutIsMarked) {
    const Line line{{"12345", Ink::Plain}, {"678", Ink::Bad}};
    EXPECT_EQ(plain_text(fitted(line, 8, false)), "12345678");
    EXPECT_EQ(plain_text(fitted(line, 7, false)), "123456…");
    EXPECT_EQ(plain_text(fitted(line, 5, false)), "1234…");
    EXPECT_EQ(plain_text(fitted(line, 5, true)), "1234~");
    EXPECT_EQ(plain_text(fitted({{"12345", Ink::Plain}, {"  ", Ink::Bar}}, 5, false)), "12345");
}

TEST(TopFrame, DecorationChangesNothingButDecoration) {
    const json::object document = top_document();
    for (const Line& line : draw({&document, {}, {}, Duration{1000}}, {}, {80, 24})) {
        std::string painted = painted_text(line, true);
        for (auto at = painted.find('\x1b'); at != painted.npos; at = painted.find('\x1b'))
            painted.erase(at, painted.find('m', at) - at + 1);
        EXPECT_EQ(painted, painted_text(line, false));
        EXPECT_EQ(painted_text(line, false).find('\x1b'), std::string::npos);
    }
}

// Words that would break a screen: escapes, tabs, wide and combining characters, broken UTF-8.
json::object odd_document() {
    json::object document = top_document(30);
    const std::array<std::string_view, 6> odd{
        "\x1b[2J\x1b[31m", "日本語の名前です長い長い", "e\xCC\x81\xCC\x81\xCC\x81", "\xff\xfe\x80",
        "a\tb\nc",         "👩‍💻👩‍💻"};
    std::size_t next = 0;
    for (const char* section : {"vaults", "sleeves", "positions", "orders", "alerts"})
        for (json::value& row : document.at(section).as_array())
            for (auto& member : row.as_object())
                if (member.value().is_string() && next++ % 3 == 0)
                    member.value() = odd[next % odd.size()];
    document.at("vaults").as_array().push_back("not a row");
    document.at("vaults").as_array().push_back(json::object{});
    document.erase("orders");
    return document;
}

TEST(TopFrame, EveryPictureHasExactlyItsSize) {
    const json::object odd = odd_document(), full = top_document(3), empty = empty_top_document();
    const json::object none;
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
    for (int i = 0; i < 400; ++i) {
        ViewState state = on(static_cast<Page>(below(kPages)));
        state.vault = below(3) == 0 ? "v2" : "";
        state.help = below(8) == 0;
        state.typing = below(4) == 0;
        state.filter() = below(3) == 0 ? "日" : "";
        state.first = static_cast<std::size_t>(below(60));
        state.orders[static_cast<std::size_t>(state.page)] = {static_cast<std::size_t>(below(6)),
                                                              below(2) == 0};
        const Canvas canvas{1 + below(220), 1 + below(60), below(2) == 0, below(4) == 0};
        const json::object* document = std::array{&odd, &full, &empty, &none}[random() % 4];
        const Link link{below(2) == 0 ? Link::State::Live : Link::State::Lost, "why\x1b[2J", {}};
        const auto lines = draw({document, {}, link, Duration{1000}}, state, canvas);
        ASSERT_EQ(lines.size(), static_cast<std::size_t>(canvas.height));
        for (const Line& line : lines) {
            const std::string text = painted_text(line, false);
            ASSERT_EQ(cells_of(std::string_view(text)), canvas.width) << text;
            ASSERT_EQ(printable(text, canvas.ascii), text);
        }
    }
}

TEST(TopRates, AreOfASecondAndForgetAnotherDaemon) {
    json::object document = top_document();
    RateMeter meter;
    meter.feed(document);  // up for 100 s
    EXPECT_DOUBLE_EQ(*meter.rates().ticks, 123.45);
    document["uptime_ms"] = 102'000;
    document.at("activity").as_object()["ticks"] = 12'445;
    document.at("batch").as_object()["commits"] = 3;  // counted anew
    meter.feed(document);
    EXPECT_DOUBLE_EQ(*meter.rates().ticks, 50);
    EXPECT_FALSE(meter.rates().commits.has_value());
    document["instance_id"] = "i2";
    document["uptime_ms"] = 1000;
    document.at("activity").as_object()["ticks"] = 7;
    meter.feed(document);
    EXPECT_DOUBLE_EQ(*meter.rates().ticks, 7);
}

}  // namespace
}  // namespace vault::top
