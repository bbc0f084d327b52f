#pragma once
// LoadPlan: which orders the load sends, drawn from a seed: half of them at the last price, where
// they meet one another; the others rest far away, some to be canceled, or take from the street.
// All accounts and pairs take turns, so that nobody meets a limit of Kraken's. One thread.
#include "common/base/random.hpp"
#include "common/domain/ids.hpp"
#include "tests/emulator/kraken/exchange/instruments.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vault::emulator_load {

struct PlannedOrder {
    std::size_t trader = 0;
    kraken_emulator::PairNo pair = 0;
    Side side = Side::Buy;
    bool market = false, ioc = false;
    Decimal quantity, price;  // of a market order none
    bool over_rest = false;   // else over the trader's socket
    bool cancel = false;      // it rests until it is canceled
};

class LoadPlan {
  public:
    LoadPlan(std::uint64_t seed, std::size_t traders);

    PlannedOrder next();
    // By symbol: where others trade now.
    void set_last(std::string_view symbol, Decimal price);
    const kraken_emulator::Instruments& instruments() const { return instruments_; }

  private:
    Decimal far_price(const PlannedOrder& order);

    Random random_;
    std::size_t traders_;
    kraken_emulator::Instruments instruments_ = kraken_emulator::Instruments::usual();
    std::vector<Decimal> last_;  // by PairNo
    std::size_t made_ = 0;
};

// As the two interfaces take it. `number` comes back with the answer.
std::string socket_order(const LoadPlan& plan, const PlannedOrder& order, std::string_view token,
                         std::uint64_t number);
std::string rest_order(const LoadPlan& plan, const PlannedOrder& order);

}  // namespace vault::emulator_load
