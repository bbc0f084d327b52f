#pragma once
// Assets and pairs with their many names. Kraken has three for each asset: the id that balances are
// keyed by ("XXBT"), the altname ("XBT") and the name on WebSocket v2 ("BTC"); and four for a pair:
// the key that answers use ("XXBTZUSD"), the altname ("XBTUSD"), the wsname of AssetPairs
// ("XBT/USD") and the symbol of v2 ("BTC/USD"). None follows from another by a rule. One thread.
#include "common/domain/asset.hpp"
#include "common/domain/decimal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vault::kraken_emulator {

struct AssetInfo {
    Asset id;
    std::string altname;
    std::string symbol;  // on WebSocket v2
    int decimals = 8;    // of balances and of the ledger
    int display_decimals = 4;
};

// As AssetPairs writes it. Only Online matches; Delisted is known to the socket alone.
enum class PairStatus : std::uint8_t {
    Online,
    CancelOnly,
    PostOnly,
    LimitOnly,
    ReduceOnly,
    Delisted
};
std::string_view to_text(PairStatus status);
std::optional<PairStatus> parse_pair_status(std::string_view text);

struct PairInfo {
    std::string key, altname, wsname, symbol;
    Asset base, quote;  // ids
    int price_decimals = 2;
    int lot_decimals = 8;
    int cost_decimals = 5;
    int base_decimals = 10;  // of the assets: money moves in these steps
    int quote_decimals = 4;
    Decimal tick;         // price step
    Decimal order_min;    // base units
    Decimal cost_min;     // quote units
    Decimal start_price;  // where the synthetic market begins
    PairStatus status = PairStatus::Online;

    Decimal lot() const;  // quantity step, 10^-lot_decimals
};

using PairNo = std::size_t;  // index into Instruments::pairs()

class Instruments {
  public:
    // Throws nothing and checks nothing: the lists are part of this program.
    Instruments(std::vector<AssetInfo> assets, std::vector<PairInfo> pairs);
    // What the emulator lists unless told otherwise: figures as recorded in 2026-02.
    static Instruments usual();

    const std::vector<AssetInfo>& assets() const { return assets_; }
    const std::vector<PairInfo>& pairs() const { return pairs_; }
    const PairInfo& pair(PairNo no) const { return pairs_[no]; }
    PairInfo& pair(PairNo no) { return pairs_[no]; }

    // By id or altname; null if unknown.
    const AssetInfo* find_asset(std::string_view name) const;
    // Also by "ETH.F" and the like, which are kinds of it.
    const AssetInfo* find_plain(std::string_view name) const;
    const AssetInfo& asset(Asset id) const;  // a listed id
    // Also of "ETH.F" and the like, which have the digits of their base; 8 of what is unknown.
    int decimals_of(Asset id) const;
    // As REST takes it: key, altname, wsname or v2 symbol.
    std::optional<PairNo> find_pair(std::string_view name) const;
    // As WebSocket v2 takes it: the v2 symbol alone.
    std::optional<PairNo> find_symbol(std::string_view symbol) const;

  private:
    std::vector<AssetInfo> assets_;
    std::vector<PairInfo> pairs_;
};

}  // namespace vault::kraken_emulator
