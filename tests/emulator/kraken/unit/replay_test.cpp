// Recordings as they are read, and the trades that they become.
#include "tests/emulator/kraken/market/replay.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace vault::kraken_emulator {
namespace {

using vault::literals::operator""_dec;

class Folder {
  public:
    Folder() { std::filesystem::create_directories(path_); }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string file(std::string_view text) const {
        const std::string out = path_ / "recording";
        std::ofstream{out} << text;
        return out;
    }

  private:
    std::filesystem::path path_ =
        std::filesystem::temp_directory_path() / ("emulator_replay_" + std::to_string(::getpid()));
};

Recording read(std::string_view text) {
    const Folder folder;
    auto recording = read_recording(folder.file(text));
    EXPECT_TRUE(recording.has_value()) << (recording ? "" : recording.error().message());
    return recording ? std::move(recording.value()) : Recording{};
}

// Without the path of the file.
std::string complaint(std::string_view text) {
    const Folder folder;
    const auto recording = read_recording(folder.file(text));
    if (recording) return "read";
    const std::string message = recording.error().message();
    const std::size_t name = message.find("recording");
    return name == std::string::npos ? message : message.substr(name + 9);
}

const PairInfo& pair() {
    static const Instruments listed = Instruments::usual();
    return listed.pair(0);  // tick 0.1
}

// "price*quantity@seconds" of each trade, "b" or "s" before it.
std::string played(std::string_view text, std::uint64_t* rounded = nullptr) {
    Replay replay{0, pair(), std::make_shared<const Recording>(read(text)), 0, Span{}};
    std::string out;
    while (replay.next()) {
        const MarketTrade trade = replay.take();
        out += out.empty() ? "" : " ";
        out += trade.taker == Side::Buy ? 'b' : 's';
        out += trade.price.text() + '*' + trade.quantity.text() + '@' +
               std::to_string(trade.time.time_since_epoch() / std::chrono::seconds{1});
    }
    EXPECT_TRUE(replay.state().ended);
    EXPECT_EQ(replay.state().done, replay.state().rows);
    if (rounded != nullptr) *rounded = replay.state().rounded;
    return out;
}

TEST(Replay, ACandleTakesTheWayThatFitsItsEnd) {
    EXPECT_EQ(played("0,100,110,90,105,4\n60,100,110,90,95,4\n"),
              "b100*1@0 s90*1@15 b110*1@30 s105*1@45 "
              "s100*1@60 b110*1@75 s90*1@90 b95*1@105");
}

TEST(Replay, AKnownNumberOfTradesIsKept) {
    EXPECT_EQ(played("0,100,110,90,105,10,5\n60,100,100,100,100,3,1\n120,100,101,100,101,3,2\n"),
              "b100*2@0 b100*2@12 s90*2@24 b110*2@36 s105*2@48 s100*3@60 b100*1.5@120 "
              "b101*1.5@150");
}

TEST(Replay, TheLastTradeHasWhatDoesNotDivide) {
    EXPECT_EQ(played("0,1,3,1,2,0.00000007\n60,2,2,2,2,0.00000001\n"),
              "b1*0.00000001@0 b1*0.00000001@15 b3*0.00000001@30 s2*0.00000004@45 "
              "b2*0.00000001@60");
}

TEST(Replay, ASilentCandleIsSilence) {
    EXPECT_EQ(played("0,1,1,1,1,4,1\n60,1,1,1,1,0\n120,2,2,2,2,4,1\n180,2,2,2,2,0\n"),
              "b1*4@0 b2*4@120");
}

TEST(Replay, WhatIsFinerThanTheTickIsRoundedAndCounted) {
    std::uint64_t rounded = 0;
    EXPECT_EQ(played("0,100.04,100.06,100.04,100.05,4,2\n60,7,7,7,7,1,1\n", &rounded),
              "b100*2@0 b100.1*2@30 s7*1@60");
    EXPECT_EQ(rounded, 1U);
}

TEST(Replay, TradesComeAsTheyWere) {
    EXPECT_EQ(played("time_seconds,price,size,is_buyer_maker\n1.5,10,2,1\n1.5,9,1,0\n3,9,5,true\n"),
              "s10*2@1 b9*1@1 s9*5@3");
    EXPECT_EQ(played("1,10,2\n2,9,1\n3,11,1\n"), "b10*2@1 s9*1@2 b11*1@3");
    EXPECT_EQ(played(R"({"error":[],"result":{"XBTUSDT":[["10.0","2.0",1.25,"s","m","",7],)"
                     R"(["11.0","1.0",2.5,"b","l","",8]],"last":"1"}})"),
              "s10*2@1 b11*1@2");
}

TEST(Recording, KrakensOwnCandles) {
    const Recording read_back =
        read(R"({"error":[],"result":{"XXBTZUSD":[[60,"1.0","2.0","1.0","1.5","1.2","7.0",3],)"
             R"([120,"1.5","1.5","1.5","1.5","0.0","0.0",0]],"last":60}})");
    ASSERT_EQ(read_back.candles.size(), 2U);
    EXPECT_EQ(read_back.interval, std::chrono::minutes{1});
    EXPECT_EQ(read_back.candles[0].volume, "7"_dec);
    EXPECT_EQ(read_back.candles[0].count, 3U);
}

TEST(Recording, TheSmallestDistanceIsTheInterval) {
    const Recording sparse = read("0,1,1,1,1,1\n600,1,1,1,1,1\n900,1,1,1,1,1\n");
    EXPECT_EQ(sparse.interval, std::chrono::minutes{5});
    EXPECT_EQ(sparse.row_from(Moment{std::chrono::seconds{1}}), 1U);
    EXPECT_EQ(sparse.row_from(Moment{std::chrono::seconds{600}}), 1U);
    EXPECT_EQ(sparse.row_from(Moment{std::chrono::seconds{901}}), 3U);
}

TEST(Recording, WhatIsWrongIsNamedWithItsLine) {
    EXPECT_EQ(complaint("time,open,high,low,close,volume\n0,1,1,1,1,1\n60,1,1,2,1,1\n"),
              ", line 3: high and low do not bound open and close");
    EXPECT_EQ(complaint("0,1,1,1,1,1\n0,1,1,1,1,1\n"), ", line 2: not later than the row before");
    EXPECT_EQ(complaint("0,1,1,1,1,1\n60,1,1,1,1,1\n150,1,1,1,1,1\n"),
              ", line 3: off the grid of 60 s that the other rows are on");
    EXPECT_EQ(complaint("0,1,1,1,1,1\n60,0,1,1,1,1\n"), ", line 2: open is 0");
    EXPECT_EQ(complaint("0,1,1,1,1,1\n60,1,2,1,1,0\n"), ", line 2: it moves without volume");
    EXPECT_EQ(complaint("0,1,1,1,1,1\nx,1,1,1,1,1\n"), ", line 2: time 'x' is no time in seconds");
    EXPECT_EQ(complaint("0,1,1,1,1,1\n\n"),
              ", line 2: neither a candle (6 or 7 fields) nor a trade (3 or 4)");
    EXPECT_EQ(complaint("0,1,1\n60,1,1,1,1,1\n"), ", line 2: a candle among trades");
    EXPECT_EQ(complaint("5,1,1,0\n4,1,1,0\n"), ", line 2: earlier than the row before");
    EXPECT_EQ(complaint("5,900000000000,100,0\n"), ", line 1: price times quantity is above 10^12");
    EXPECT_EQ(complaint(""), " holds no row");
    EXPECT_EQ(complaint("0,1,1,1,1,1\n"),
              " holds one candle alone, so that its length is not known");
    EXPECT_EQ(complaint(R"({"result":{"XBTUSDT":[["1","1",1,"b","m"],["1","1",1,"x","m"]]}})"),
              ", row 2: a trade is b or s, and m or l");
    EXPECT_EQ(read_recording("/nowhere.csv").error().code(), Errc::Io);
}

}  // namespace
}  // namespace vault::kraken_emulator
