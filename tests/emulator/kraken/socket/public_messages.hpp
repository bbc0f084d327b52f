#pragma once
// What the public channels of WebSocket v2 say, as text. Prices and quantities are numbers with all
// of the pair's digits. Pure; any thread.
#include "tests/emulator/kraken/exchange/exchange.hpp"
#include "tests/emulator/kraken/socket/book_view.hpp"

#include <span>
#include <string>

namespace vault::kraken_emulator {

// Every update of a channel begins with its snapshot.
enum class Kind : bool { Snapshot, Update };

std::string ticker_message(const Exchange& exchange, PairNo pair, Kind kind);
// All of one pair, oldest first.
std::string trade_message(const Exchange& exchange, std::span<const PublicTrade> trades, Kind kind);
// The newest candles of `interval` (index into kIntervals), at most `rows`.
std::string ohlc_message(const Exchange& exchange, PairNo pair, std::size_t interval,
                         std::size_t rows, Kind kind);
// The levels, and the checksum of the view that they lead to.
std::string book_message(const Exchange& exchange, PairNo pair, const BookView& view,
                         std::span<const LevelChange> levels, Kind kind);
// With `only`, that pair alone.
std::string instrument_message(const Exchange& exchange, std::optional<PairNo> only, Kind kind);
// `connection` is beyond what a signed 64-bit number holds, as Kraken's often is.
std::string status_message(SystemStatus status, std::uint64_t connection);
std::string heartbeat_message();

}  // namespace vault::kraken_emulator
