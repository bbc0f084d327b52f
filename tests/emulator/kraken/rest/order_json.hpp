#pragma once
// Orders and trades as Kraken's private endpoints write them. Pure; any thread.
#include "tests/emulator/kraken/exchange/order.hpp"
#include "tests/emulator/kraken/wire/json_writer.hpp"

#include <string>

namespace vault::kraken_emulator {

// "sell 0.10000000 XBTUSD @ stop loss 55000.0 -> limit 54000.0"
std::string description_of(const PairInfo& pair, const OrderTerms& terms);
// "close position @ take profit 70000.0"
std::string description_of(const PairInfo& pair, const CloseTerms& close);
// One object; with `trades` the ids of its trades.
void write_order(JsonWriter& json, const PairInfo& pair, const Order& order, bool trades);
// One object; with `ledgers` the ids of its ledger rows.
void write_trade(JsonWriter& json, const PairInfo& pair, const Trade& trade, bool ledgers);

}  // namespace vault::kraken_emulator
