// The checksum of Kraken's page, and the recorded books recomputed message by message.
#include "tests/emulator/kraken/socket/checksum.hpp"

#include "common/protocol/codec.hpp"
#include "tests/emulator/kraken/wire/number_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace vault::kraken_emulator {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

std::vector<LevelChange> levels(std::initializer_list<std::pair<const char*, const char*>> all) {
    std::vector<LevelChange> out;
    for (const auto& [price, quantity] : all)
        out.push_back(
            {Side::Sell, Decimal::parse(price).value(), Decimal::parse(quantity).value()});
    return out;
}

TEST(Checksum, OfThePublishedBook) {
    const auto asks = levels({{"0.5668", "4410.79769741"},
                              {"0.5669", "4655.40412487"},
                              {"0.567", "49844.89424998"},
                              {"0.5671", "24306.41678"},
                              {"0.5672", "29783.25223475"},
                              {"0.5673", "57234.71239278"},
                              {"0.5674", "45065.04744"},
                              {"0.5675", "5912.76380354"},
                              {"0.5676", "42514.92434778"},
                              {"0.5677", "36304.0847022"}});
    auto bids = levels({{"0.5666", "4831.75496356"},
                        {"0.5665", "6658.22734739"},
                        {"0.5664", "18724.91513344"},
                        {"0.5663", "11563.92544914"},
                        {"0.5662", "14006.65365711"},
                        {"0.5661", "17454.85679807"},
                        {"0.566", "18097.1547"},
                        {"0.5659", "33644.89175666"},
                        {"0.5658", "148.3464"},
                        {"0.5657", "606.70854372"}});
    EXPECT_EQ(book_checksum(asks, bids, {4, 8}), 2439117997U);
    bids.push_back(bids.back());
    EXPECT_EQ(book_checksum(asks, bids, {4, 8}), 2439117997U) << "ten levels count";
    bids.front().quantity = kOne;
    EXPECT_NE(book_checksum(asks, bids, {4, 8}), 2439117997U);
}

// A client's book: applies messages and cuts to the depth.
class Recorded {
  public:
    explicit Recorded(Precision precision) : precision_(precision) {}

    // Whether the message's checksum is that of the book after it.
    bool apply(const json::value& data) {
        for (const Side side : {Side::Buy, Side::Sell}) {
            Ladder& book = side == Side::Buy ? bids_ : asks_;
            for (const json::value& level : data.at(side == Side::Buy ? "bids" : "asks").as_array())
                set(book, number(level.at("price")), number(level.at("qty")));
            while (book.size() > kDepth)
                book.erase(side == Side::Buy ? book.begin() : std::prev(book.end()));
        }
        const std::int64_t wanted = data.at("checksum").to_number<std::int64_t>();
        return book_checksum(listed(Side::Sell), listed(Side::Buy), precision_) == wanted;
    }

  private:
    static constexpr std::size_t kDepth = 10;

    static Decimal number(const json::value& value) {
        const std::string text = value.is_double()
                                     ? plain_text(value.get_double())
                                     : std::to_string(value.to_number<std::int64_t>());
        return Decimal::parse(text).value();
    }
    static void set(Ladder& book, Decimal price, Decimal quantity) {
        if (quantity.is_zero())
            book.erase(price);
        else
            book[price] = quantity;
    }
    std::vector<LevelChange> listed(Side side) const {
        std::vector<LevelChange> out;
        for (const auto& [price, quantity] : side == Side::Buy ? bids_ : asks_)
            out.push_back({side, price, quantity});
        if (side == Side::Buy) std::reverse(out.begin(), out.end());
        return out;
    }

    Precision precision_;
    Ladder bids_, asks_;
};

class RecordedBooks : public testing::Test {
  protected:
    fs::path folder_;

    void SetUp() override {
        const char* shared = std::getenv("VAULT_SHARED");
        folder_ = fs::path{shared == nullptr ? "" : shared} / "data/raw/kraken_ws_v2";
        if (!fs::exists(folder_)) GTEST_SKIP() << "no recordings: set VAULT_SHARED";
    }
    // Of the book messages of a file with one message a line.
    std::size_t checked(const std::string& file, Precision precision) {
        Recorded book{precision};
        std::ifstream lines{folder_ / file};
        std::size_t good = 0;
        for (std::string line; std::getline(lines, line);) {
            const json::value message = protocol::parse_json(line).value();
            if (!message.as_object().contains("channel")) continue;
            EXPECT_TRUE(book.apply(message.at("data").at(0))) << line;
            ++good;
        }
        return good;
    }
};

TEST_F(RecordedBooks, OfTheWire) {
    EXPECT_EQ(checked("btcusd_book10_20260719_wire.jsonl", {1, 8}), 41U);
    EXPECT_EQ(checked("ethusd_book10_20250506_wire.jsonl", {2, 8}), 2U);
}

TEST_F(RecordedBooks, OfAnHonestMinute) {
    std::ifstream file{folder_ / "pksdk_orderbook-v2.json"};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const json::value all = protocol::parse_json(text, protocol::kMaxReplyBytes).value();
    Recorded book{{1, 8}};
    EXPECT_TRUE(book.apply(all.at("init").at("data").at(0)));
    std::size_t good = 0;
    for (const json::value& update : all.at("updates").as_array())
        good += book.apply(update.at("data").at(0)) ? 1U : 0U;
    EXPECT_EQ(good, all.at("updates").as_array().size());
    EXPECT_GT(good, 500U);
}

}  // namespace
}  // namespace vault::kraken_emulator
