#include "daemon/app/feeds.hpp"

#include "daemon/exchange/paper/candle_feed.hpp"
#include "daemon/exchange/paper/synthetic_feed.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::app {
namespace {

constexpr UtcTime kSyntheticStart{std::chrono::sys_days{std::chrono::year{2024} / 1 / 1}};
constexpr std::uint64_t kSyntheticDays = 365;

// Completes the source with what was opened, or refuses other data than last time.
Result<ports::OpenedFeed> completed(std::unique_ptr<ports::TickFeed> feed,
                                    ports::FeedSource source) {
    const std::string identity = feed->identity();
    if (!source.fingerprint.empty() && source.fingerprint != identity)
        return Error{Errc::StoreInvalid,
                     fmt::format("the data of {} has changed since the replay began", source.name),
                     "file", "bring the old file back, or start a replay on a new account"};
    source.fingerprint = identity;
    source.pair = feed->pair();
    const std::uint64_t ticks = feed->size().value_or(0);
    const auto first = feed->peek_time();
    if (ticks == 0 || !first)
        return Error{Errc::InvalidParams, fmt::format("{} has no data in that range", source.name),
                     "file", "see --from and --to"};
    VAULT_TRYV(feed->seek(ticks - 1));
    const auto last = feed->peek_time();
    VAULT_TRYV(feed->seek(0));
    return ports::OpenedFeed{std::move(feed), std::move(source), ticks, *first,
                             last.value_or(*first)};
}

}  // namespace

Result<ports::OpenedFeed> Feeds::open(const ports::FeedSource& source) {
    return source.name == "synthetic" ? open_synthetic(source) : open_file(source);
}

Result<ports::OpenedFeed> Feeds::open_file(const ports::FeedSource& source) {
    const auto pair = source.pair == Pair{} ? std::nullopt : std::optional{source.pair};
    const auto interval =
        source.interval == Duration{0} ? std::nullopt : std::optional{source.interval};
    VAULT_TRY(const auto series, files_.open(source.name, pair, interval));
    const auto path = source.close_path ? exchange::CandlePath::Close : exchange::CandlePath::Ohlc4;
    VAULT_TRY(exchange::CandleFeed feed,
              exchange::CandleFeed::create(series, path, source.from, source.to));
    ports::FeedSource opened = source;
    opened.interval = series->info().interval;
    return completed(std::make_unique<exchange::CandleFeed>(std::move(feed)), std::move(opened));
}

Result<ports::OpenedFeed> Feeds::open_synthetic(const ports::FeedSource& source) {
    exchange::SyntheticSettings settings;
    settings.pair = source.pair == Pair{} ? Pair::parse("ETH/USDT").value() : source.pair;
    settings.seed = source.seed;
    settings.start = floor_day(source.from.value_or(kSyntheticStart));
    if (source.interval > Duration{0}) settings.step = source.interval;
    settings.days = kSyntheticDays;
    if (source.to) {
        if (*source.to <= settings.start)
            return Error{Errc::InvalidParams, "--to is not after --from", "to",
                         "give a later time"};
        settings.days = static_cast<std::uint64_t>(
            std::max<std::int64_t>(1, (*source.to - settings.start) / std::chrono::days{1}));
    }
    const auto rules = std::find_if(catalogue_.begin(), catalogue_.end(),
                                    [&](const PairRules& r) { return r.pair == settings.pair; });
    if (rules != catalogue_.end()) settings.tick = rules->tick;
    VAULT_TRY(exchange::SyntheticFeed feed, exchange::SyntheticFeed::create(settings));
    ports::FeedSource opened = source;
    opened.interval = settings.step;
    return completed(std::make_unique<exchange::SyntheticFeed>(std::move(feed)), std::move(opened));
}

}  // namespace vault::app
