#include "daemon/exchange/paper/merged_feed.hpp"

namespace vault::exchange {

MergedFeed::MergedFeed(std::vector<std::unique_ptr<ports::TickFeed>> feeds)
    : feeds_(std::move(feeds)) {}

std::optional<std::size_t> MergedFeed::earliest() {
    std::optional<std::size_t> best;
    std::optional<UtcTime> best_time;
    for (std::size_t i = 0; i < feeds_.size(); ++i) {
        const std::optional<UtcTime> time = feeds_[i]->peek_time();
        if (!time || (best_time && *time >= *best_time)) continue;
        best = i;
        best_time = time;
    }
    return best;
}

std::optional<MergedFeed::Next> MergedFeed::next() {
    const std::optional<std::size_t> i = earliest();
    if (!i) return std::nullopt;
    const std::optional<Tick> tick = feeds_[*i]->next();
    VAULT_CHECK(tick.has_value(), "a feed that has a next time has a next tick");
    return Next{*i, *tick};
}

std::optional<UtcTime> MergedFeed::peek_time() {
    const std::optional<std::size_t> i = earliest();
    return i ? feeds_[*i]->peek_time() : std::nullopt;
}

std::vector<std::uint64_t> MergedFeed::positions() const {
    std::vector<std::uint64_t> positions;
    for (const auto& feed : feeds_)
        positions.push_back(feed->position());
    return positions;
}

Result<void> MergedFeed::seek(const std::vector<std::uint64_t>& positions) {
    if (positions.size() != feeds_.size())
        return Error{Errc::InvalidParams, "one position per feed is needed", "positions",
                     "the feeds are not the ones that were replayed before"};
    for (std::size_t i = 0; i < feeds_.size(); ++i) {
        VAULT_TRYV(feeds_[i]->seek(positions[i]));
    }
    return success();
}

}  // namespace vault::exchange
