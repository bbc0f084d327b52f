#include "daemon/control/directory.hpp"
#include "daemon/control/marks.hpp"
#include "daemon/control/row_list.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <set>

namespace vault::control {

namespace cmd = ports::cmd;
namespace asio = boost::asio;

namespace {

Handled import_candles(Services& services, const Call& call) {
    const std::string path = call.params.text("file");
    if (!path.starts_with('/'))
        co_return Error(Errc::InvalidParams, "the file must be an absolute path", "file",
                        "the daemon does not know your working directory");
    const bool dry_run = call.context.dry_run;
    const auto pair = call.params.pair("pair");
    const auto interval = call.params.duration("interval");
    std::function<Result<ports::ImportView>(ReadSide&)> import =
        [&](ReadSide& side) -> Result<ports::ImportView> {
        if (side.candles == nullptr)
            return Error(Errc::NotReady, "this daemon keeps no candle files", "file");
        return dry_run ? side.candles->rehearse(path, pair, interval)
                       : side.candles->import(path, pair, interval);
    };
    auto importing = read_on<ports::ImportView>(services.worker, import);
    const Result<ports::ImportView> view = co_await std::move(importing);
    Answer answer;
    if (!dry_run) {
        ports::cmd::Note note{view.has_value(), view ? std::string() : view.error().message()};
        auto telling = tell_trail(services, call, std::move(note), answer);
        co_await std::move(telling);
    }
    if (!view) co_return view.error();
    answer.data_json = protocol::to_compact(report_to_json(view.value()));
    if (dry_run) answer.warnings.emplace_back(kDryRun);
    co_return answer;
}

struct Asked {
    VaultId vault;
    std::string exchange;
};

// Pairs are known per vault, because a vault trades only pairs in its own asset: one vault of each
// exchange and asset (and account, if one is named) is asked.
asio::awaitable<Result<std::vector<Asked>>> vaults_to_ask(Services& services, const Call& call) {
    const Result<cmd::VaultChoice> choice = vault_choice(call.params);
    if (!choice) co_return choice.error();
    auto pending = ask(services, call, cmd::ListMarks{choice.value()}, &render_view);
    const Result<Answer> answer = co_await std::move(pending);
    if (!answer) co_return answer.error();
    const auto quote = call.params.asset("quote");
    const std::string wanted = call.params.text("exchange");
    std::vector<Asked> vaults;
    std::set<std::pair<std::string, Asset>> seen;
    for (const report::VaultMark& mark : read_marks(answer.value().data_json)) {
        const ports::AccountRow* const account = services.directory.account(mark.account);
        VAULT_CHECK(account != nullptr, "a vault has an account");
        const std::string& exchange = account->exchange;
        if ((quote && mark.asset != *quote) || (!wanted.empty() && exchange != wanted)) continue;
        if (seen.insert({exchange, mark.asset}).second) vaults.push_back({mark.vault, exchange});
    }
    co_return vaults;
}

using Pairs = std::map<std::pair<std::string, std::string>, json::object>;  // by pair and exchange

asio::awaitable<Result<Pairs>> read_pairs(Services& services, const Call& call) {
    auto asking = vaults_to_ask(services, call);
    const Result<std::vector<Asked>> vaults = co_await std::move(asking);
    if (!vaults) co_return vaults.error();
    Pairs pairs;
    for (const auto& [vault, exchange] : vaults.value()) {
        cmd::SetPairs command;
        command.vault = vault;
        command.available = true;
        auto pending = ask(services, call, command, &render_view);
        const Result<Answer> answer = co_await std::move(pending);
        if (!answer) co_return answer.error();
        const std::string& data = answer.value().data_json;
        auto view = protocol::parse_json(data, data.size());
        VAULT_CHECK(view && view.value().is_object(), "the pairs of a vault are no object");
        for (json::value& item : view.value().get_object()["pairs"].as_array()) {
            json::object& pair = item.as_object();
            pair.erase("selected");  // of that one vault, not of the market
            pair["exchange"] = exchange;
            std::string name(pair["pair"].as_string());
            pairs.emplace(std::pair{std::move(name), exchange}, std::move(pair));
        }
    }
    co_return pairs;
}

Answer pairs_answer(const json::array& list) {
    Answer answer;
    answer.data_json = protocol::to_compact(list);
    if (list.empty())
        answer.warnings.emplace_back(
            "pairs and prices are known once there is a vault in their "
            "quote asset: vaultctl vault create");
    return answer;
}

Handled market_pairs(Services& services, const Call& call) {
    auto reading = read_pairs(services, call);
    Result<Pairs> pairs = co_await std::move(reading);
    if (!pairs) co_return pairs.error();
    json::array list;
    for (auto& [name, pair] : pairs.value())
        list.push_back(std::move(pair));
    co_return pairs_answer(list);
}

Handled market_prices(Services& services, const Call& call) {
    auto reading = read_pairs(services, call);
    Result<Pairs> pairs = co_await std::move(reading);
    if (!pairs) co_return pairs.error();
    const auto wanted = call.params.pair("pair");
    json::array list;
    for (auto& [name, pair] : pairs.value()) {
        if (pair["price"].is_null() || (wanted && wanted->text() != name.first)) continue;
        list.push_back(json::object{{"pair", name.first},
                                    {"exchange", name.second},
                                    {"price", pair["price"]},
                                    {"at", pair["price_at"]},
                                    {"price_frozen", pair["price_frozen"]}});
    }
    co_return pairs_answer(list);
}

constexpr Duration kShortest = std::chrono::minutes{1};
constexpr Duration kLongest = std::chrono::days{30};
constexpr Duration kUsual = std::chrono::hours{1};
constexpr std::int64_t kUsualCandles = 100;

Result<report::CandleFilter> candle_filter(const protocol::Params& params) {
    report::CandleFilter filter;
    VAULT_TRY(filter.account, account_of(params));
    filter.pair = *params.pair("pair");
    filter.interval = params.duration("interval").value_or(kUsual);
    filter.from = params.time("from");
    filter.to = params.time("to");
    filter.limit = static_cast<std::size_t>(params.integer("limit").value_or(kUsualCandles));
    const std::string shown = format_duration(filter.interval);
    if (filter.interval < kShortest || filter.interval > kLongest)
        return Error(Errc::InvalidParams, fmt::format("{} is not between 1m and 30d", shown),
                     "interval", "give a length such as 5m, 1h or 1d");
    if (filter.interval % kShortest != Duration{})
        return Error(Errc::InvalidParams, fmt::format("{} is no whole number of minutes", shown),
                     "interval", "give a length such as 5m, 1h or 1d");
    return filter;
}

// The pair as the engine shows it to that account. Errors: NotFound for either.
boost::asio::awaitable<Result<json::object>> shown_market(Services& services, const Call& call,
                                                          const report::CandleFilter& filter) {
    auto pending = ask(services, call, cmd::ShowMarket{filter.account, filter.pair}, &render_view);
    const Result<Answer> answer = co_await std::move(pending);
    if (!answer) co_return answer.error();
    const std::string& data = answer.value().data_json;
    auto view = protocol::parse_json(data, data.size());
    VAULT_CHECK(view && view.value().is_object(), "a market is no object");
    co_return std::move(view.value().get_object());
}

std::string why_no_candles(const report::CandleFilter& filter, const json::value& price_at) {
    const std::string pair = filter.pair.text(), account = to_text(filter.account);
    if ((filter.from || filter.to) && price_at.is_string())
        return fmt::format("no candle of {} opens in that time; the newest price of {} is of {}",
                           pair, account, std::string_view(price_at.get_string()));
    return fmt::format(
        "{0} has no recorded price of {1}: on paper a replay brings them, vaultctl replay start "
        "FILE --account {0} --pair {1} and then vaultctl replay run --account {0}",
        account, pair);
}

Handled market_candles(Services& services, const Call& call) {
    const Result<report::CandleFilter> asked = candle_filter(call.params);
    if (!asked) co_return asked.error();
    auto asking = shown_market(services, call, asked.value());
    const Result<json::object> market = co_await std::move(asking);
    if (!market) co_return market.error();
    auto settling = settle(services, call);
    const Result<void> settled = co_await std::move(settling);
    if (!settled) co_return settled.error();
    report::CandleFilter filter = asked.value();
    const auto recorded_under = parse_account_id(market.value().at("recorded_under").as_string());
    VAULT_CHECK(recorded_under.has_value(), "a market is recorded under an account");
    filter.account = recorded_under.value();
    report::PriceCandles candles(filter);
    auto reading = read_pages(services, call, candles);
    const Result<void> read = co_await std::move(reading);
    if (!read) co_return read.error();
    const std::vector<report::PriceCandle> found = candles.candles();
    Answer answer = answer_with(report_to_json(found));
    if (candles.cut())
        answer.warnings.push_back(
            cut_note(static_cast<std::uint32_t>(filter.limit),
                     fmt::format("for the earlier ones --to {}, or a higher --limit (at most 2000)",
                                 format_utc(found.front().at))));
    if (found.empty())
        answer.warnings.push_back(why_no_candles(asked.value(), market.value().at("price_at")));
    co_return answer;
}

constexpr std::array kRoutes{
    Route{"market.candles", &market_candles},
    Route{"market.import", &import_candles},
    Route{"market.pairs", &market_pairs},
    Route{"market.prices", &market_prices},
};

}  // namespace

std::span<const Route> market_routes() {
    return kRoutes;
}

}  // namespace vault::control
