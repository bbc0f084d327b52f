// The price of a vault's pair as its account saw it, with the vault's buys and sells.
#include "cli/command/chart_output.hpp"
#include "cli/command/price_series.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace vault::command {
namespace {

using protocol::Params;
using protocol::Reply;
using Failed = std::optional<protocol::Failure>;

constexpr std::int64_t kMostCandles = 2'000;  // that the daemon gives
constexpr std::int64_t kMostTrades = 10'000;
constexpr Duration kMinute = std::chrono::minutes{1};
constexpr Duration kDay = std::chrono::days{1};

std::vector<std::string> names_of(const json::value& vault) {
    std::vector<std::string> names;
    const auto* pairs = vault.is_object() ? vault.get_object().if_contains("pairs") : nullptr;
    if (pairs == nullptr || !pairs->is_array()) return names;
    for (const json::value& pair : pairs->get_array())
        if (pair.is_string()) names.emplace_back(pair.get_string());
    return names;
}

// The pair that is drawn: the one that is named, else the only one of the vault.
Result<std::string> pair_of(const Params& params, const json::value& vault) {
    if (params.has("pair")) return params.text("pair");
    const std::vector<std::string> names = names_of(vault);
    if (names.size() == 1) return names.front();
    const std::string id = params.text("vault");
    if (names.empty())
        return Error{Errc::InvalidParams, fmt::format("{} trades no pair", id), "pair",
                     fmt::format("name one with --pair, or add one: vaultctl vault pairs {} --add "
                                 "PAIR",
                                 id)};
    return Error{Errc::InvalidParams,
                 fmt::format("{} trades several pairs: {}", id, fmt::join(names, ", ")), "pair",
                 fmt::format("name one of them, such as --pair {}", names.front())};
}

std::optional<UtcTime> opening(const json::value* candle) {
    if (candle == nullptr) return std::nullopt;
    const auto at = parse_utc(text_at(*candle, "at"));
    return at ? std::optional(at.value()) : std::nullopt;
}

// One chart on its way: what is asked for becomes known call by call.
class PriceChart {
  public:
    PriceChart(Session& session, const Params& params)
        : session_(session),
          params_(params),
          vault_(params.text("vault")),
          from_(params.time("from")),
          to_(params.time("to")),
          interval_(params.duration("interval").value_or(Duration{})) {}

    int show() {
        for (const auto step :
             {&PriceChart::read_vault, &PriceChart::find_newest, &PriceChart::choose_interval,
              &PriceChart::read_candles, &PriceChart::read_trades})
            if (const Failed failed = (this->*step)()) return session_.fail(*failed);
        return print_chart(session_, drawing(), params_);
    }

  private:
    static Failed failure_of(const Error& error) {
        return protocol::Failure::from(error, protocol::Effect::None);
    }

    Failed read_vault() {
        const Reply vault = session_.call_in_turn("vault.show", {{"vault", vault_}}, false);
        if (vault.failure) return vault.failure;
        account_ = text_at(vault.data, "account");
        asset_ = text_at(vault.data, "asset");
        const Result<std::string> pair = pair_of(params_, vault.data);
        if (!pair) return failure_of(pair.error());
        pair_ = pair.value();
        return std::nullopt;
    }

    Failed ask_candles(std::optional<UtcTime> from, Duration interval, std::int64_t limit) {
        json::object wanted{{"pair", pair_},
                            {"account", account_},
                            {"interval", format_duration(interval)},
                            {"limit", limit}};
        if (from) wanted["from"] = format_utc(*from);
        if (to_) wanted["to"] = format_utc(*to_);
        Reply reply = session_.call_in_turn("market.candles", wanted, false);
        if (reply.failure) return reply.failure;
        if (!reply.data.is_array())
            return failure_of(Error{Errc::Internal, "the daemon's candles are not understood"});
        candles_ = std::move(reply.data.get_array());
        nothing_ = reply.warnings.empty() ? "no candles" : reply.warnings.front();
        return std::nullopt;
    }

    // From where --since counts back, and where the drawing ends.
    Failed find_newest() {
        const auto since = params_.duration("since");
        if (!since && interval_ != Duration{}) return std::nullopt;
        if (Failed failed = ask_candles({}, kMinute, 1)) return failed;
        newest_ = opening(candles_.empty() ? nullptr : &candles_.back());
        if (since && newest_)
            from_ = newest_->time_since_epoch() > *since ? *newest_ - *since : UtcTime{};
        return std::nullopt;
    }

    // So many candles as a drawing can show, of the time in which there are prices. The day in
    // which that begins opens before it.
    Failed choose_interval() {
        if (interval_ != Duration{}) return std::nullopt;
        const auto from = from_ ? std::optional(floor_day(*from_)) : std::nullopt;
        if (Failed failed = ask_candles(from, kDay, kMostCandles)) return failed;
        const auto first = opening(candles_.empty() ? nullptr : &candles_.front());
        interval_ = kDay;
        if (!first || !newest_) return std::nullopt;
        interval_ = candle_interval(*newest_ - (from_ ? std::max(*first, *from_) : *first));
        return std::nullopt;
    }

    Failed read_candles() {
        if (Failed failed = ask_candles(from_, interval_, kMostCandles)) return failed;
        if (candles_.size() == kMostCandles)
            note("only the newest 2000 candles are drawn: a longer --interval shows more");
        Result<chart::Series> series = price_series(candles_);
        if (!series) return failure_of(series.error());
        plot_.title =
            fmt::format("{} {} price, {} candles", vault_, pair_, format_duration(interval_));
        plot_.series = {std::move(series.value())};
        return std::nullopt;
    }

    // Those of the time that is drawn.
    Failed read_trades() {
        if (plot_.series.front().points.empty()) return std::nullopt;
        const chart::Span span = chart::span_of(plot_.series);
        const Reply trades = session_.call_in_turn("trade.list",
                                                   {{"vault", vault_},
                                                    {"pair", pair_},
                                                    {"since", format_utc(span.begin)},
                                                    {"until", format_utc(span.end + interval_)},
                                                    {"limit", kMostTrades}},
                                                   false);
        if (trades.failure) return trades.failure;
        Result<std::vector<chart::Marks>> marks = trade_marks(trades.data);
        if (!marks) return failure_of(marks.error());
        plot_.marks = std::move(marks.value());
        if (plot_.marks[0].points.size() + plot_.marks[1].points.size() == kMostTrades)
            note("only the newest 10000 trades are marked: a shorter time has all of its own");
        return std::nullopt;
    }

    void note(std::string_view text) {
        session_.terminal().note(fmt::format("vaultctl: {}\n", text));
    }

    Drawing drawing() const {
        return {.method = "chart.price",
                .title = plot_.title,
                .plots = {plot_},
                .about = {{"vault", vault_},
                          {"asset", asset_},
                          {"account", account_},
                          {"pair", pair_},
                          {"interval", format_duration(interval_)}},
                .rows = price_rows(candles_),
                .columns = {"at", "open", "high", "low", "close"},
                .nothing = "nothing to draw: " + nothing_,
                .remedy = {}};
    }

    Session& session_;
    const Params& params_;
    std::string vault_, asset_, account_, pair_;
    std::optional<UtcTime> from_, to_, newest_;
    Duration interval_;    // zero: what suits the time
    json::array candles_;  // of the last answer
    std::string nothing_;  // why there are none
    chart::Plot plot_;
};

}  // namespace

int show_price_chart(Session& session) {
    const Invocation& asked = session.invocation();
    if (const auto fine = check_chart_options(asked); !fine) return session.fail(fine.error());
    const Params params(asked.params);
    return PriceChart(session, params).show();
}

}  // namespace vault::command
