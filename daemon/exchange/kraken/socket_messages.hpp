#pragma once
// What Kraken's public socket (WebSocket v2) says and what is said to it. Figures keep each digit:
// they go from the text of the message into Decimal, exponents too. Of tickers and instruments only
// the rows of wanted pairs are read, so that what Kraken calls the others is of no matter. Pure;
// any thread.
//
// A message that cannot be read as a whole is an error (NotReady): nobody knows what it would have
// changed. A row that cannot be is a RowProblem beside the rows that can, and a message that nobody
// asked for is an OddMessage.
#include "common/domain/market.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace vault::exchange::kraken {

// What Kraken writes as a time, in its own resolution.
using StampTime = std::chrono::sys_time<std::chrono::microseconds>;

// A row of a wanted pair that makes no sense, in words for a person.
struct RowProblem {
    Pair pair;
    std::string why;
};

struct QuoteRow {
    Pair pair;
    Decimal bid, ask;  // >= 0; zero: nobody offers there. One may be past the other
    Decimal last;      // price of the last trade, however old; zero: there was none
    Decimal volume;    // of a day; zero if it is not told
    std::optional<StampTime> stamp = std::nullopt;
};

struct Tickers {
    bool snapshot = false;
    std::vector<QuoteRow> rows;
    std::vector<RowProblem> problems;
};

// Their status is their own, without the system's.
struct Instruments {
    bool snapshot = false;  // what is not in it is not listed any more
    std::vector<PairRules> rows;
    std::vector<RowProblem> problems;
};

// What all pairs may at most.
struct SystemStatus {
    PairStatus status = PairStatus::Trading;
    std::string word;  // Kraken's own
};

// To a subscription or ping of ours.
struct SocketAnswer {
    std::string symbol;   // empty: it is about none
    std::string refusal;  // empty: it was done
};

struct Heartbeat {};

struct OddMessage {
    std::string what;
};

using SocketMessage =
    std::variant<Heartbeat, Tickers, Instruments, SystemStatus, SocketAnswer, OddMessage>;

// Pairs by what v2 calls them, which is what we call them: "BTC/USD".
using Symbols = std::map<std::string, Pair, std::less<>>;
Symbols symbols_of(const std::vector<Pair>& pairs);

// Errors: NotReady.
Result<SocketMessage> read_message(std::string_view text, const Symbols& wanted);

// Tells all listed pairs, then each that changes.
std::string subscribe_instruments();
// Best bid and offer, and the last trade, of each pair at once and whenever one of the first two
// changes. Answered once for each pair.
std::string subscribe_tickers(const std::vector<Pair>& pairs);
std::string ping_message();

}  // namespace vault::exchange::kraken
