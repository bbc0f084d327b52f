#include "tests/emulator/kraken/exchange/instruments.hpp"

#include "common/base/check.hpp"

#include <algorithm>
#include <array>

namespace vault::kraken_emulator {
namespace {

using vault::literals::operator""_dec;

constexpr std::array<std::string_view, 6> kPairStatuses{"online",     "cancel_only", "post_only",
                                                        "limit_only", "reduce_only", "delisted"};

AssetInfo listed(std::string_view id, std::string altname, std::string symbol, int decimals,
                 int display) {
    return {.id = Asset::parse(id).value(),
            .altname = std::move(altname),
            .symbol = std::move(symbol),
            .decimals = decimals,
            .display_decimals = display};
}

struct Row {
    std::string_view key, altname, wsname, symbol, base, quote;
    int price_decimals, lot_decimals, cost_decimals;
    Decimal tick, order_min, cost_min, start_price;
};

const std::array<Row, 12> kRows{{
    {"XXBTZUSD", "XBTUSD", "XBT/USD", "BTC/USD", "XXBT", "ZUSD", 1, 8, 5, "0.1"_dec, "0.00005"_dec,
     "0.5"_dec, "68342.3"_dec},
    {"XETHZUSD", "ETHUSD", "ETH/USD", "ETH/USD", "XETH", "ZUSD", 2, 8, 5, "0.01"_dec, "0.001"_dec,
     "0.5"_dec, "2065.27"_dec},
    {"SOLUSD", "SOLUSD", "SOL/USD", "SOL/USD", "SOL", "ZUSD", 2, 8, 5, "0.01"_dec, "0.02"_dec,
     "0.5"_dec, "87.44"_dec},
    {"XDGUSD", "XDGUSD", "XDG/USD", "DOGE/USD", "XXDG", "ZUSD", 7, 8, 7, "0.0000001"_dec, "13"_dec,
     "0.5"_dec, "0.0987789"_dec},
    {"USDTZUSD", "USDTUSD", "USDT/USD", "USDT/USD", "USDT", "ZUSD", 5, 8, 6, "0.00001"_dec, "5"_dec,
     "0.5"_dec, "0.9998"_dec},
    {"XXBTZEUR", "XBTEUR", "XBT/EUR", "BTC/EUR", "XXBT", "ZEUR", 1, 8, 5, "0.1"_dec, "0.00005"_dec,
     "0.45"_dec, "57890.1"_dec},
    {"XBTUSDT", "XBTUSDT", "XBT/USDT", "BTC/USDT", "XXBT", "USDT", 1, 8, 5, "0.1"_dec,
     "0.00005"_dec, "0.5"_dec, "68358.8"_dec},
    {"ETHUSDT", "ETHUSDT", "ETH/USDT", "ETH/USDT", "XETH", "USDT", 2, 8, 5, "0.01"_dec, "0.001"_dec,
     "0.5"_dec, "2065.36"_dec},
    {"SOLUSDT", "SOLUSDT", "SOL/USDT", "SOL/USDT", "SOL", "USDT", 2, 8, 5, "0.01"_dec, "0.02"_dec,
     "0.5"_dec, "87.44"_dec},
    {"XBTUSDC", "XBTUSDC", "XBT/USDC", "BTC/USDC", "XXBT", "USDC", 2, 8, 5, "0.01"_dec,
     "0.00005"_dec, "0.5"_dec, "68361.77"_dec},
    {"XETHXXBT", "ETHXBT", "ETH/XBT", "ETH/BTC", "XETH", "XXBT", 5, 8, 10, "0.00001"_dec,
     "0.001"_dec, "0.00002"_dec, "0.03021"_dec},
    {"XXDGXXBT", "XDGXBT", "XDG/XBT", "DOGE/BTC", "XXDG", "XXBT", 9, 8, 10, "0.000000001"_dec,
     "13"_dec, "0.00002"_dec, "0.000001446"_dec},
}};

PairInfo listed(const Row& row) {
    PairInfo out;
    out.key = row.key;
    out.altname = row.altname;
    out.wsname = row.wsname;
    out.symbol = row.symbol;
    out.base = Asset::parse(row.base).value();
    out.quote = Asset::parse(row.quote).value();
    out.price_decimals = row.price_decimals;
    out.lot_decimals = row.lot_decimals;
    out.cost_decimals = row.cost_decimals;
    out.tick = row.tick;
    out.order_min = row.order_min;
    out.cost_min = row.cost_min;
    out.start_price = row.start_price;
    return out;
}

}  // namespace

std::string_view to_text(PairStatus status) {
    return kPairStatuses[static_cast<std::size_t>(status)];
}

std::optional<PairStatus> parse_pair_status(std::string_view text) {
    const auto* at = std::find(kPairStatuses.begin(), kPairStatuses.end(), text);
    if (at == kPairStatuses.end()) return std::nullopt;
    return static_cast<PairStatus>(at - kPairStatuses.begin());
}

Decimal PairInfo::lot() const {
    Decimal::Raw step = Decimal::kOne;
    for (int i = 0; i < lot_decimals; ++i)
        step /= 10;
    return Decimal::from_raw(step);
}

Instruments::Instruments(std::vector<AssetInfo> assets, std::vector<PairInfo> pairs)
    : assets_(std::move(assets)), pairs_(std::move(pairs)) {
    for (PairInfo& pair : pairs_) {
        pair.base_decimals = asset(pair.base).decimals;
        pair.quote_decimals = asset(pair.quote).decimals;
    }
}

Instruments Instruments::usual() {
    std::vector<PairInfo> pairs;
    for (const Row& row : kRows)
        pairs.push_back(listed(row));
    return Instruments{{listed("XXBT", "XBT", "BTC", 10, 5), listed("XETH", "ETH", "ETH", 10, 5),
                        listed("SOL", "SOL", "SOL", 10, 5), listed("XXDG", "XDG", "DOGE", 8, 2),
                        listed("USDT", "USDT", "USDT", 8, 4), listed("USDC", "USDC", "USDC", 8, 4),
                        listed("ZUSD", "USD", "USD", 4, 2), listed("ZEUR", "EUR", "EUR", 4, 2)},
                       std::move(pairs)};
}

const AssetInfo* Instruments::find_asset(std::string_view name) const {
    for (const AssetInfo& each : assets_)
        if (each.id.text() == name || each.altname == name) return &each;
    return nullptr;
}

const AssetInfo* Instruments::find_plain(std::string_view name) const {
    return find_asset(name.substr(0, name.find('.')));
}

const AssetInfo& Instruments::asset(Asset id) const {
    const AssetInfo* found = find_asset(id.text());
    VAULT_CHECK(found != nullptr, "a pair or a balance of an asset that is not listed");
    return *found;
}

int Instruments::decimals_of(Asset id) const {
    const AssetInfo* found = find_plain(id.text());
    return found == nullptr ? 8 : found->decimals;
}

std::optional<PairNo> Instruments::find_pair(std::string_view name) const {
    for (PairNo no = 0; no < pairs_.size(); ++no) {
        const PairInfo& each = pairs_[no];
        if (each.key == name || each.altname == name || each.wsname == name || each.symbol == name)
            return no;
    }
    return std::nullopt;
}

std::optional<PairNo> Instruments::find_symbol(std::string_view symbol) const {
    for (PairNo no = 0; no < pairs_.size(); ++no)
        if (pairs_[no].symbol == symbol) return no;
    return std::nullopt;
}

}  // namespace vault::kraken_emulator
