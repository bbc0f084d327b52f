// why-not-trading: asks the engine for what trading_checks() judges.
#include "daemon/control/directory.hpp"
#include "daemon/control/row_list.hpp"
#include "daemon/control/trading_checks.hpp"

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

// What the vault's page, its pairs, its account's replay and the status say.
boost::asio::awaitable<Result<TradingFacts>> engine_facts(Services& services, const Call& call,
                                                          VaultId vault) {
    TradingFacts facts;
    auto asking_vault = shown(services, call, cmd::ShowVault{vault});
    Result<json::value> view = co_await std::move(asking_vault);
    if (!view) co_return view.error();
    facts.vault = std::move(view.value().as_object());
    auto asking_status = shown(services, call, cmd::ShowStatus{});
    Result<json::value> status = co_await std::move(asking_status);
    if (!status) co_return status.error();
    facts.status = std::move(status.value().as_object());
    cmd::SetPairs no_change;
    no_change.vault = vault;
    auto asking_pairs = shown(services, call, no_change);
    Result<json::value> pairs = co_await std::move(asking_pairs);
    if (!pairs) co_return pairs.error();
    facts.pairs = std::move(pairs.value().as_object()["pairs"].as_array());
    const auto account = parse_account_id(facts.vault.at("account").as_string());
    VAULT_CHECK(account.has_value(), "a vault has an account");
    const ports::AccountRow* const row = services.directory.account(account.value());
    VAULT_CHECK(row != nullptr, "an account that has a vault is known");
    facts.exchange = row->exchange;
    facts.now = services.clock.now();
    auto asking_replay = shown(services, call, cmd::ReplayStatus{account.value()});
    Result<json::value> replays = co_await std::move(asking_replay);
    if (!replays) co_return replays.error();
    facts.replays = std::move(replays.value().as_array());
    auto asking_caps = shown(services, call, cmd::ShowCaps{vault, std::nullopt});
    Result<json::value> caps = co_await std::move(asking_caps);
    if (!caps) co_return caps.error();
    facts.caps = std::move(caps.value().as_array());
    co_return facts;
}

Result<void> read_decisions(ports::StoreReader& reader, VaultId vault, TradingFacts& facts) {
    for (const SleeveKind kind : kSleeveKinds) {
        ports::RowFilter filter;
        filter.vault = vault;
        filter.sleeve = kind;
        filter.limit = 1;
        VAULT_TRY(const auto rows, reader.decisions(filter));
        if (rows.empty()) continue;
        VAULT_TRY(facts.decisions[kind], read_json(reader, rows.front()));
    }
    return success();
}

Handled why_not_trading(Services& services, const Call& call) {
    const Result<VaultId> vault = vault_of(call.params);
    if (!vault) co_return vault.error();
    auto asking = engine_facts(services, call, vault.value());
    Result<TradingFacts> facts = co_await std::move(asking);
    if (!facts) co_return facts.error();
    const auto only = maybe_sleeve(call.params);
    std::function<Result<json::object>(ReadSide&)> judge =
        [&](ReadSide& side) -> Result<json::object> {
        VAULT_TRYV(read_decisions(*side.reader, vault.value(), facts.value()));
        return trading_checks(facts.value(), only);
    };
    auto answering = answer_read<json::object>(services, call, judge);
    co_return co_await std::move(answering);
}

constexpr std::array kRoutes{Route{"why_not_trading", &why_not_trading}};

}  // namespace

std::span<const Route> trading_routes() {
    return kRoutes;
}

}  // namespace vault::control
