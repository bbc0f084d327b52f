#include "common/protocol/codec.hpp"
#include "daemon/control/arguments.hpp"
#include "daemon/control/json_fields.hpp"
#include "daemon/control/render_reports.hpp"

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
    if (call.context.dry_run)
        co_return Error(Errc::InvalidParams, "an import cannot be rehearsed", "dry_run",
                        "importing a file twice changes nothing; leave --dry-run out");
    const auto pair = call.params.pair("pair");
    const auto interval = call.params.duration("interval");
    std::function<Result<ports::ImportView>(ReadSide&)> import =
        [&](ReadSide& side) -> Result<ports::ImportView> {
        if (side.candles == nullptr)
            return Error(Errc::NotReady, "this daemon keeps no candle files", "file");
        return side.candles->import(path, pair, interval);
    };
    auto importing = read_on<ports::ImportView>(services.worker, import);
    const Result<ports::ImportView> view = co_await std::move(importing);
    if (!view) co_return view.error();
    Answer answer;
    answer.data_json = protocol::to_compact(report_to_json(view.value()));
    co_return answer;
}

// Pairs are known per vault, because a vault trades only pairs in its own asset: one vault of each
// asset (and account, if one is named) is asked.
asio::awaitable<Result<std::vector<VaultId>>> vaults_to_ask(Services& services, const Call& call) {
    auto checking = filters_exist(services, call);
    const Result<void> there = co_await std::move(checking);
    if (!there) co_return there.error();
    const auto account = maybe_account(call.params);
    if (!account) co_return account.error();
    auto pending = ask(services, call, cmd::ListVaults{}, &render_vault_marks);
    const Result<Answer> answer = co_await std::move(pending);
    if (!answer) co_return answer.error();
    const auto quote = call.params.asset("quote");
    std::vector<VaultId> vaults;
    std::set<Asset> seen;
    for (const VaultMark& mark : read_vault_marks(answer.value().data_json)) {
        if (account.value() && mark.account != *account.value()) continue;
        if (quote && mark.asset != *quote) continue;
        if (seen.insert(mark.asset).second) vaults.push_back(mark.vault);
    }
    co_return vaults;
}

using Pairs = std::map<std::string, json::object, std::less<>>;

asio::awaitable<Result<Pairs>> read_pairs(Services& services, const Call& call) {
    auto asking = vaults_to_ask(services, call);
    const Result<std::vector<VaultId>> vaults = co_await std::move(asking);
    if (!vaults) co_return vaults.error();
    Pairs pairs;
    for (const VaultId vault : vaults.value()) {
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
            const std::string name(pair["pair"].as_string());
            pairs.emplace(name, std::move(pair));
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
        if (pair["price"].is_null() || (wanted && wanted->text() != name)) continue;
        list.push_back(
            json::object{{"pair", name}, {"price", pair["price"]}, {"at", pair["price_at"]}});
    }
    co_return pairs_answer(list);
}

constexpr std::array kRoutes{
    Route{"market.import", &import_candles},
    Route{"market.pairs", &market_pairs},
    Route{"market.prices", &market_prices},
};

}  // namespace

std::span<const Route> market_routes() {
    return kRoutes;
}

}  // namespace vault::control
