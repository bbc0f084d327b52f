// What keys make of the view, which rows it means, and what the daemon is asked for it.
#include "cli/top/model.hpp"
#include "tests/unit/cli/top_document.hpp"

#include <gtest/gtest.h>

namespace vault::top {
namespace {

class TopModel : public testing::Test {
  protected:
    // Each character is a key; '\n' is Enter, '\x1b' Esc, '\b' Backspace, '^' up, 'v' stays text.
    Step type(std::string_view keys) {
        Step last = Step::Nothing;
        for (const char c : keys) {
            Key key{Key::Kind::Text, std::string(1, c)};
            if (c == '\n') key = {Key::Kind::Enter};
            if (c == '\x1b') key = {Key::Kind::Escape};
            if (c == '\b') key = {Key::Kind::Backspace};
            last = press(state, key, shown_rows(document, state), 10);
        }
        return last;
    }
    std::string ids() const {
        std::string out;
        for (const json::object* row : shown_rows(document, state))
            out.append(word_at(*row, "id")) += ' ';
        return out;
    }
    json::object asked() const { return wanted(state, base); }

    json::object document = test::top_document();
    json::object base;
    ViewState state;
};

TEST_F(TopModel, OrdersNumbersInNamesAsNumbers) {
    EXPECT_EQ(ids(), "v1 v2 v3 v10 ");
    EXPECT_EQ(type("r"), Step::Ask);
    EXPECT_EQ(ids(), "v10 v3 v2 v1 ");
    EXPECT_EQ(asked(), (json::object{{"sort", "id"}, {"reverse", true}}));
}

TEST_F(TopModel, OrdersFiguresFromTheGreatestAndStatesByNeed) {
    type("sssss");  // state
    EXPECT_EQ(asked().at("sort"), "state");
    EXPECT_EQ(ids(), "v2 v1 v3 v10 ");  // one of v2's sleeves waits for a person
    type("ss");                         // alerts, total
    EXPECT_EQ(asked().at("sort"), "total");
    EXPECT_EQ(ids(), "v1 v2 v10 v3 ");
    type("sss");  // today: the loss is last
    EXPECT_EQ(ids(), "v3 v1 v10 v2 ");
    type("S");
    EXPECT_EQ(asked().at("sort"), "equity");
}

TEST_F(TopModel, FiltersByWordsWhateverTheirCase) {
    EXPECT_EQ(type("/BOB"), Step::Ask);
    EXPECT_EQ(ids(), "v2 v3 ");
    EXPECT_EQ(asked().at("match"), "BOB");
    type("\b\b\b");
    EXPECT_EQ(ids(), "v1 v2 v3 v10 ");
    type("q\n");  // letters of the filter, not commands
    EXPECT_EQ(ids(), "");
    EXPECT_EQ(type("\x1b"), Step::Ask);
    EXPECT_EQ(ids(), "v1 v2 v3 v10 ");
    base["match"] = "v";
    type("/v1\n");
    EXPECT_EQ(asked().at("match"), "v");  // what the command line narrows to stays
    EXPECT_EQ(ids(), "v1 v10 ");
}

TEST_F(TopModel, AFilterIsOfItsPage) {
    type("/bob\n2/idle\n");
    EXPECT_EQ(shown_rows(document, state).size(), 2U);
    EXPECT_FALSE(asked().contains("match"));
    type("1");
    EXPECT_EQ(ids(), "v2 v3 ");
}

TEST_F(TopModel, TheChosenRowStaysChosenWhenTheOrderChanges) {
    type("jj");
    EXPECT_EQ(state.choice(), "v3/");
    type("r");
    EXPECT_EQ(chosen_index(shown_rows(document, state), state), 1U);
    type("\n");
    EXPECT_EQ(state.vault, "v3");
    base = json::object{{"user", "bob"}, {"limit", 50}};
    EXPECT_EQ(asked(), (json::object{{"limit", 50}, {"vault", "v3"}}));
    type("\x1b");
    EXPECT_EQ(state.vault, "");
    EXPECT_EQ(state.choice(), "v3/");
    document.at("vaults").as_array().erase(document.at("vaults").as_array().begin() + 2);
    EXPECT_EQ(chosen_index(shown_rows(document, state), state), 0U);  // it is gone
}

TEST_F(TopModel, EnterOpensTheVaultOfEveryPage) {
    type("3j\n");
    EXPECT_EQ(state.vault, "v2");
    type("4\n");
    EXPECT_EQ(state.vault, "v2");
    type("5\n");
    EXPECT_EQ(state.vault, "v2");
    type("5jj");
    EXPECT_EQ(type("\n"), Step::Nothing);  // alice is no vault
    EXPECT_EQ(state.vault, "");
}

TEST_F(TopModel, MovesStayInsideTheList) {
    document = test::top_document(50);
    type("G");
    EXPECT_EQ(state.choice(), "v60/");
    EXPECT_EQ(state.first, 44U);
    type("j");
    EXPECT_EQ(state.choice(), "v60/");
    type("bb");
    EXPECT_EQ(chosen_index(shown_rows(document, state), state), 35U);
    type("g");
    EXPECT_EQ(state.first, 0U);
    EXPECT_EQ(type("k"), Step::Redraw);
    EXPECT_EQ(state.choice(), "");
    document = test::empty_top_document();
    EXPECT_EQ(type("jG\n"), Step::Nothing);
}

TEST_F(TopModel, HelpEndsWithAnyKeyAndPauseHolds) {
    type("?");
    EXPECT_TRUE(state.help);
    type("j");
    EXPECT_TRUE(state.help);
    EXPECT_EQ(type("q"), Step::Redraw);
    EXPECT_FALSE(state.help);
    type("p");
    EXPECT_TRUE(state.frozen);
    type("p");
    EXPECT_FALSE(state.frozen);
    EXPECT_EQ(type("q"), Step::Quit);
}

TEST_F(TopModel, TheCommandLinesOrderIsTaken) {
    state.orders[0] = order_from(json::object{{"sort", "today"}, {"reverse", true}});
    EXPECT_EQ(ids(), "v2 v1 v10 v3 ");
    EXPECT_EQ(order_from({}), Order{});
}

std::vector<Key> keys_in(std::initializer_list<std::string_view> reads, bool settled = true) {
    KeyReader reader;
    std::vector<Key> keys;
    for (const std::string_view read : reads) {
        reader.feed(read);
        while (const auto key = reader.next())
            keys.push_back(*key);
    }
    if (settled) reader.settle();
    while (const auto key = reader.next())
        keys.push_back(*key);
    EXPECT_TRUE(!settled || !reader.waits());
    return keys;
}

TEST(TopKeys, SequencesArriveInPieces) {
    using enum Key::Kind;
    EXPECT_EQ(keys_in({"\x1b", "[", "A"}), std::vector<Key>{{Up}});
    EXPECT_EQ(keys_in({"\x1bOB\x1b[5~\x1b[6", "~\x1b[H\x1b[4~"}),
              (std::vector<Key>{{Down}, {PageUp}, {PageDown}, {Home}, {End}}));
    EXPECT_EQ(keys_in({"j\r\x7f"}), (std::vector<Key>{{Text, "j"}, {Enter}, {Backspace}}));
}

TEST(TopKeys, EscIsAKeyWhenNothingFollows) {
    using enum Key::Kind;
    EXPECT_TRUE(keys_in({"\x1b"}, false).empty());
    EXPECT_EQ(keys_in({"\x1b"}), std::vector<Key>{{Escape}});
    EXPECT_EQ(keys_in({"\x1b\x1b"}), (std::vector<Key>{{Escape}, {Escape}}));
    EXPECT_EQ(keys_in({"\x1bq"}), (std::vector<Key>{{Escape}, {Text, "q"}}));
}

TEST(TopKeys, WhatMeansNothingIsSwallowedWhole) {
    using enum Key::Kind;
    EXPECT_EQ(keys_in({"\x1b[200~x\x1b[1;5Cy\x1b[<0;3;4Mz"}),
              (std::vector<Key>{{Text, "x"}, {Text, "y"}, {Text, "z"}}));
    EXPECT_TRUE(keys_in({"\x1b[12"}).empty());
    EXPECT_TRUE(keys_in({std::string_view("\x01\x00\x1f", 3)}).empty());
    EXPECT_EQ(keys_in({"\xC3", "\xA9"}), (std::vector<Key>{{Text, "\xC3\xA9"}}));
}

}  // namespace
}  // namespace vault::top
