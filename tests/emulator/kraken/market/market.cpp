#include "tests/emulator/kraken/market/market.hpp"

namespace vault::kraken_emulator {

void Market::set_source(PairNo pair, std::unique_ptr<TradeSource> source) {
    sources_[pair] = std::move(source);
}

std::optional<MarketTrade> Market::next_by(Moment until) {
    TradeSource* first = nullptr;
    for (const auto& source : sources_) {
        const auto next = source ? source->next() : std::nullopt;
        if (!next || *next > until) continue;
        if (first == nullptr || *next < *first->next()) first = source.get();
    }
    if (first == nullptr) return std::nullopt;
    return first->take();
}

void Market::set_price(PairNo pair, Decimal price) {
    if (sources_[pair]) sources_[pair]->set_price(price);
}

std::optional<SourceState> Market::state(PairNo pair) const {
    if (!sources_[pair]) return std::nullopt;
    return sources_[pair]->state();
}

}  // namespace vault::kraken_emulator
