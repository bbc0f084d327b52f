// Every method of the registry: that it has a handler, and what its handler asks of the engine.
#include "common/protocol/registry.hpp"
#include "daemon/control/call.hpp"
#include "tests/unit/control/harness.hpp"

#include <set>

namespace vault::test {
namespace {

using vault::literals::operator""_dec;
namespace cmd = ports::cmd;

const UtcTime kStart = parse_utc("2021-04-01").value();
const std::string kMeta = R"({"idem_key":"k"})";

TEST(Routes, RegistryAndHandlersAgree) {
    std::multiset<std::string_view> routes;
    for (const control::Route& route : control::all_routes()) {
        routes.insert(route.method);
        EXPECT_NE(protocol::find_method(route.method), nullptr) << route.method;
        EXPECT_NE(route.handler, nullptr) << route.method;
    }
    for (const protocol::Method& method : protocol::methods())
        EXPECT_EQ(routes.count(method.name), method.name == "hello" ? 0u : 1u) << method.name;
}

class CommandsTest : public ServerTest {
  protected:
    void SetUp() override {
        options.burst = 100'000;
        fill_reader = [](FakeReader& reader) {
            for (std::uint32_t i = 1; i <= 2; ++i) {
                ports::VaultRow row;
                row.id = VaultId{i};
                row.asset = Asset::parse("USDT").value();
                reader.vault_rows.push_back(row);
            }
            ports::FillRow fill;
            fill.pair = Pair::parse("ETH/USDT").value();
            fill.fill.order = OrderId{VaultId{1}, SleeveKind::Quiet, 1};
            fill.fill.trade_id = "T1";
            fill.fill.time = kStart;
            fill.fill.fee_asset = Asset::parse("USDT").value();
            fill.fill.cost = "10"_dec;
            fill.realised = "3"_dec;
            reader.fill_rows = {fill};
            ports::OrderRow order;
            order.id = fill.fill.order;
            order.decided_at = kStart;
            reader.order_rows = {order};
            ports::DecisionRow decision;
            decision.vault = VaultId{1};
            decision.sleeve = SleeveKind::Flash;
            decision.pair = fill.pair;
            decision.at = kStart;
            decision.reason = "spike";
            decision.figures_json = R"({"price":"2000","rise":"0.011"})";
            decision.order_number = 4;
            reader.decision_rows = {decision};
            for (const auto& [minute, price] :
                 {std::pair{0, "10"_dec}, {1, "12"_dec}, {2, "9"_dec}, {3, "11"_dec}})
                reader.price_rows.push_back(
                    {AccountId{1}, fill.pair, kStart + std::chrono::minutes{minute}, price});
        };
        commands.script = [this](const ports::CallContext&, const ports::Command& command,
                                 ports::Render render) -> Result<ports::Reply> {
            if (const auto* asked = std::get_if<cmd::ListVaults>(&command))
                return vaults(asked->of, render);
            if (const auto* asked = std::get_if<cmd::ListMarks>(&command))
                return marks(asked->of, render);
            if (std::holds_alternative<cmd::ListUsers>(command)) return users(render);
            if (const auto* asked = std::get_if<cmd::ShowMarket>(&command))
                return market(*asked, render);
            return FakeCommands::plain(command, render);
        };
        start();
        client = std::make_unique<RawClient>(path());
        client->hello();
    }
    void TearDown() override { client.reset(); }

    // a1 and a2 are on one exchange.
    static ports::Reply market(const cmd::ShowMarket& asked, ports::Render render) {
        ports::PairMarketView view{asked.account, asked.account, asked.pair, {}, {}};
        if (asked.account == AccountId{3}) return {render(view)};
        view.recorded_under = AccountId{1};
        view.price_at = kStart + std::chrono::minutes{3};
        return {render(view)};
    }
    static ports::Reply users(ports::Render render) {
        std::vector<ports::UserView> views(2);
        views[0].id = UserId{1};
        views[0].name = "ann";
        views[1].id = UserId{2};
        views[1].name = "bob";
        return {render(views)};
    }
    // Account and vault have the same number here.
    static bool is_in(const cmd::VaultChoice& of, VaultId vault, std::string_view user) {
        return (!of.vault || *of.vault == vault) &&
               (!of.account || of.account->value == vault.value) &&
               (of.user.empty() || of.user == user);
    }
    static ports::Reply vaults(const cmd::VaultChoice& of, ports::Render render) {
        std::vector<ports::VaultView> views(2);
        for (std::uint32_t i = 0; i < 2; ++i) {
            views[i].id = VaultId{i + 1};
            views[i].account = AccountId{i + 1};
            views[i].user = i == 0 ? "ann" : "bob";
            views[i].asset = Asset::parse("USDT").value();
            views[i].quiet.vault = views[i].flash.vault = views[i].id;
            views[i].flash.sleeve = SleeveKind::Flash;
            views[i].quiet.unrealised = "0.5"_dec;
        }
        std::erase_if(views, [&](const auto& view) { return !is_in(of, view.id, view.user); });
        return {render(views)};
    }
    static ports::Reply marks(const cmd::VaultChoice& of, ports::Render render) {
        std::vector<ports::VaultMarkView> views;
        for (std::uint32_t i = 1; i <= 2; ++i) {
            ports::VaultMarkView view;
            view.vault = VaultId{i};
            view.user = UserId{i};
            view.user_name = i == 1 ? "ann" : "bob";
            view.account = view.recorded_under = AccountId{i};
            view.asset = Asset::parse("USDT").value();
            view.now = kStart + std::chrono::hours{1};
            view.quiet.realised = "3"_dec;
            view.quiet.unrealised = "0.5"_dec;
            if (is_in(of, view.vault, view.user_name)) views.push_back(view);
        }
        return {render(views)};
    }
    json::value data(const std::string& method, const std::string& params = "{}") {
        json::object reply = client->call(method, params, kMeta);
        EXPECT_TRUE(reply.contains("result")) << method << ' ' << protocol::to_compact(reply);
        return reply.contains("result") ? reply.at("result").at("data") : json::value();
    }
    // The one command that the call led to.
    template <class T>
    T command(const std::string& method, const std::string& params = "{}") {
        const auto before = commands.seen().size();
        data(method, params);
        const auto seen = commands.seen();
        EXPECT_EQ(seen.size(), before + 1) << method;
        const T* found = seen.empty() ? nullptr : std::get_if<T>(&seen.back().value);
        EXPECT_NE(found, nullptr) << method;
        return found == nullptr ? T{} : *found;
    }

    std::unique_ptr<RawClient> client;
};

TEST_F(CommandsTest, TopIsOneQuestionAndOneDocument) {
    const auto plain = command<cmd::ShowTop>("top");
    EXPECT_EQ(plain.limit, 200U);
    EXPECT_EQ(plain.sort, ports::TopSort::Id);
    EXPECT_FALSE(plain.reverse || plain.user || plain.account || plain.vault);
    const auto narrow = command<cmd::ShowTop>(
        "top", R"({"user":"ann","account":"a1","vault":"v1","match":"us","sort":"today",)"
               R"("reverse":true,"limit":7})");
    EXPECT_EQ(narrow.user, "ann");
    EXPECT_EQ(narrow.account, AccountId{1});
    EXPECT_EQ(narrow.vault, VaultId{1});
    EXPECT_EQ(narrow.match, "us");
    EXPECT_EQ(narrow.sort, ports::TopSort::Today);
    EXPECT_TRUE(narrow.reverse);
    EXPECT_EQ(narrow.limit, 7U);
    EXPECT_TRUE(commands.seen().back().context.reserved);  // a store that hangs is worth watching

    commands.script = [](const ports::CallContext&, const ports::Command&, ports::Render render) {
        ports::TopView view;
        view.status.state = "running";
        view.status.vaults = 3;
        view.activity = {10, 20};
        view.matched.vaults = 2;
        view.vaults.resize(1);
        view.vaults[0].id = VaultId{1};
        view.vaults[0].asset = Asset::parse("USDT").value();
        view.vaults[0].today = "-1.5"_dec;
        view.alerts.push_back({"warning", "paused", "v1", "paused by ann", kStart});
        return Result<ports::Reply>{ports::Reply{render(view)}};
    };
    ports::StoreHealth full;
    full.disk_used_pct = 41;
    set_health(full);
    const json::value document = data("top");
    EXPECT_EQ(document.at("version"), "0.1.0");
    EXPECT_EQ(document.at("state"), "running");
    EXPECT_EQ(document.at("batch").at("lag"), 0);
    EXPECT_EQ(document.at("store").at("disk_used_pct"), 41);
    EXPECT_EQ(document.at("counts").at("vaults"), 3);
    EXPECT_EQ(document.at("activity").at("evaluations"), 20);
    EXPECT_GE(document.at("calls").as_int64(), 3);
    EXPECT_EQ(document.at("vaults").at(0).at("today"), "-1.5");
    EXPECT_EQ(document.at("vaults").at(0).at("now"), json::value(nullptr));
    EXPECT_EQ(document.at("alerts").at(0).at("since"), "2021-04-01T00:00:00.000Z");
}

TEST_F(CommandsTest, UsersAndAccounts) {
    EXPECT_EQ(command<cmd::CreateUser>("user.create", R"({"name":"ann","role":"member"})").role,
              Role::Member);
    EXPECT_EQ(command<cmd::SetWallets>("user.wallets", R"({"name":"ann","add":["USDT","EUR"]})")
                  .add.size(),
              2u);
    EXPECT_EQ(command<cmd::AddAccount>("account.add", R"({"exchange":"paper","label":"p"})").label,
              "p");
    command<cmd::ListUsers>("user.list");
    command<cmd::ListAccounts>("account.list");
    const std::string move = R"({"account":"a2","asset":"USDT","amount":"7.5"})";
    EXPECT_EQ(command<cmd::PaperFunding>("account.deposit", move).amount, "7.5"_dec);
    EXPECT_EQ(command<cmd::PaperFunding>("account.withdraw", move).amount, -"7.5"_dec);
    const auto trade = command<cmd::PaperTrade>(
        "account.trade",
        R"({"account":"a1","pair":"ETH/USDT","side":"sell","quantity":"0.5","price":"2050"})");
    EXPECT_EQ(trade.side, Side::Sell);
    EXPECT_EQ(trade.price->value, "2050"_dec);
    EXPECT_EQ(error_code(client->call("account.show", R"({"account":"a7"})")), "NOT_FOUND");
}

TEST_F(CommandsTest, Vaults) {
    const auto made = command<cmd::CreateVault>(
        "vault.create", R"({"account":"a1","asset":"USDT","balance":"100"})");
    EXPECT_EQ(made.balance, "100"_dec);
    EXPECT_EQ(command<cmd::ShowVault>("vault.show", R"({"vault":"v9"})").vault, VaultId{9});
    EXPECT_EQ(
        command<cmd::SetTradeable>("vault.set_tradeable", R"({"vault":"v1","amount":"0"})").amount,
        kZero);
    EXPECT_EQ(command<cmd::Unallocate>("vault.unallocate", R"({"vault":"v1","flash":"3"})").flash,
              "3"_dec);
    EXPECT_EQ(command<cmd::SetReserve>("vault.reserve", R"({"vault":"v1","pct":"10"})").pct,
              "10"_dec);
    EXPECT_FALSE(command<cmd::SetReserve>("vault.reserve", R"({"vault":"v1","pct":"off"})").pct);
    const auto raise = command<cmd::SetAutoRaise>(
        "vault.auto_raise", R"({"vault":"v1","mode":"percent","percent":"50","cap":"800"})");
    EXPECT_EQ(raise.mode, cmd::AutoRaiseMode::Percent);
    EXPECT_EQ(raise.percent, "50"_dec);
    EXPECT_EQ(raise.cap, "800"_dec);
    EXPECT_EQ(
        command<cmd::SetPairs>("vault.pairs", R"({"vault":"v1","add":["ETH/USDT"]})").add.size(),
        1u);
    command<cmd::RefreshVault>("vault.refresh", R"({"vault":"v1"})");
    EXPECT_EQ(command<cmd::Resume>("vault.resume", R"({"vault":"v2"})").target.vault, VaultId{2});
    EXPECT_EQ(
        command<cmd::Liquidate>("vault.liquidate", R"({"vault":"v2","confirm":true})").target.level,
        cmd::Target::Level::Vault);
    EXPECT_EQ(command<cmd::SetMode>("vault.mode", R"({"vault":"v1","mode":"live"})").mode,
              Mode::Live);
    EXPECT_EQ(data("vault.list").as_array().size(), 2u);
    // The engine narrows: nothing is drawn only to be thrown away.
    const auto narrowed =
        command<cmd::ListVaults>("vault.list", R"({"user":"bob","account":"a1"})");
    EXPECT_EQ(narrowed.of.user, "bob");
    EXPECT_EQ(narrowed.of.account, AccountId{1});
    EXPECT_EQ(command<cmd::ListVaults>("sleeve.list", R"({"vault":"v2"})").of.vault, VaultId{2});
    EXPECT_TRUE(data("vault.history", R"({"vault":"v1"})").as_array().empty());
}

TEST_F(CommandsTest, SleevesAndPositions) {
    const auto target =
        command<cmd::Pause>("sleeve.pause", R"({"vault":"v1","sleeve":"flash","why":"w"})").target;
    EXPECT_EQ(target.level, cmd::Target::Level::Sleeve);
    EXPECT_EQ(target.sleeve, SleeveKind::Flash);
    const std::string flash = R"({"vault":"v1","sleeve":"flash")";
    EXPECT_EQ(command<cmd::SetSleeve>("sleeve.set", flash + R"(,"settings":{"drop":"0.8%"}})")
                  .settings.at("drop"),
              "0.8%");
    const auto script = command<cmd::SetStrategy>(
        "sleeve.strategy",
        flash + R"(,"strategy":"script","command":"./x.py -v","folder":"dips","deadline":"250ms",)"
                R"("memory_mib":64})");
    EXPECT_EQ(script.strategy, "script");
    EXPECT_EQ(script.command, "./x.py -v");
    EXPECT_EQ(script.folder, "dips");
    EXPECT_EQ(script.deadline, Duration{250});
    EXPECT_EQ(script.memory_mib, 64U);
    EXPECT_EQ(command<cmd::SetStrategy>("sleeve.strategy",
                                        flash + R"(,"strategy":"cycle","preset":"quiet"})")
                  .preset,
              "quiet");
    for (const char* wrong :
         {R"(,"strategy":"cycle","command":"./x"})", R"(,"strategy":"script","preset":"quiet"})"})
        EXPECT_EQ(error_code(client->call("sleeve.strategy", flash + wrong, kMeta)),
                  "INVALID_PARAMS");
    EXPECT_TRUE(
        command<cmd::SetSleeve>("sleeve.mode", flash + R"(,"mode":"rules"})").settings.empty());
    EXPECT_EQ(error_code(client->call("sleeve.mode", flash + R"(,"mode":"ml-assisted"})", kMeta)),
              "INVALID_PARAMS");
    command<cmd::ShowSleeve>("sleeve.show", flash + "}");
    command<cmd::Resume>("sleeve.resume", flash + "}");
    const json::value sleeves = data("sleeve.list", R"({"vault":"v2"})");
    ASSERT_EQ(sleeves.as_array().size(), 2u);
    EXPECT_EQ(sleeves.at(1).at("sleeve").as_string(), "flash");
    EXPECT_EQ(sleeves.at(1).at("user").as_string(), "bob");
    EXPECT_EQ(command<cmd::ListPositions>("position.list", R"({"vault":"v4"})").vault, VaultId{4});
    command<cmd::ListPositions>("position.show", flash + "}");
    const auto sold = command<cmd::ResolvePosition>("position.resolve",
                                                    flash + R"(,"as":"sold","price":"2050"})");
    EXPECT_EQ(sold.as, cmd::ResolvePosition::As::Sold);
    EXPECT_EQ(sold.price->value, "2050"_dec);
    command<cmd::WriteDown>("position.write_down", flash + "}");
}

TEST_F(CommandsTest, MarketAndReplay) {
    const json::value import =
        data("market.import", R"({"file":"/x/e.csv","pair":"ETH/USDT","interval":"1m"})");
    EXPECT_EQ(import.at("candles").as_int64(), 5);
    EXPECT_EQ(
        error_code(client->call("market.import",
                                R"({"file":"/missing","pair":"ETH/USDT","interval":"1m"})", kMeta)),
        "NOT_FOUND");
    EXPECT_TRUE(data("market.pairs").as_array().empty());
    EXPECT_TRUE(data("market.prices").as_array().empty());
    const auto file = command<cmd::ReplayStart>(
        "replay.start", R"({"file":"/x/e.csv","account":"a1","speed":"max","path":"close"})");
    EXPECT_EQ(file.pair->text(), "ETH/USDT");
    EXPECT_EQ(file.interval, Duration{60'000});
    EXPECT_FALSE(file.speed);
    EXPECT_TRUE(file.close_path);
    const auto synthetic = command<cmd::ReplayStart>(
        "replay.start", R"({"file":"synthetic","account":"a1","seed":7,"days":10,"speed":"60"})");
    EXPECT_EQ(synthetic.seed, 7u);
    EXPECT_EQ(*synthetic.to - *synthetic.from, Duration{10 * 86'400'000LL});
    EXPECT_EQ(synthetic.speed, "60"_dec);
    EXPECT_EQ(
        command<cmd::ReplayRun>("replay.run", R"({"account":"a1","until":"2021-04-01"})").until,
        kStart);
    EXPECT_FALSE(command<cmd::ReplayStatus>("replay.status").account);
    command<cmd::ReplayStop>("replay.stop", R"({"account":"a1"})");
}

TEST_F(CommandsTest, CandlesAreMadeOfTheRowsOfTheAccountThatStandsForTheMarket) {
    const std::string asked = R"({"pair":"ETH/USDT","account":"a1")";
    EXPECT_EQ(protocol::to_compact(data("market.candles", asked + "}")),
              R"([{"at":"2021-04-01T00:00:00.000Z","open":"10","high":"12","low":"9","close":"11",)"
              R"("prices":4}])");
    EXPECT_TRUE(std::holds_alternative<cmd::Barrier>(commands.seen().back().value));
    // a2 shares the market of a1; a3 has one of its own.
    EXPECT_EQ(data("market.candles", R"({"pair":"ETH/USDT","account":"a2","interval":"1m"})")
                  .as_array()
                  .size(),
              4u);
    const json::object none =
        client->call("market.candles", R"({"pair":"ETH/USDT","account":"a3"})");
    EXPECT_EQ(protocol::to_compact(none.at("result").at("data")), "[]");
    EXPECT_NE(none.at("result").at("warnings").at(0).as_string().find("replay run --account a3"),
              std::string::npos);
    const json::object early = client->call("market.candles", asked + R"(,"to":"2021-04-01"})");
    EXPECT_EQ(early.at("result").at("warnings").at(0).as_string(),
              "no candle of ETH/USDT opens in that time; the newest price of a1 is of "
              "2021-04-01T00:03:00.000Z");
    for (const char* interval : {"0s", "59s", "90s", "30d1m"}) {
        const json::object wrong =
            client->call("market.candles", asked + R"(,"interval":")" + interval + R"("})");
        EXPECT_EQ(error_code(wrong), "INVALID_PARAMS") << interval;
        EXPECT_EQ(error_data(wrong).at("field").as_string(), "interval") << interval;
    }
    for (const char* interval : {"1m", "7m", "30d"})
        EXPECT_TRUE(client->call("market.candles", asked + R"(,"interval":")" + interval + R"("})")
                        .contains("result"))
            << interval;
    const json::object back =
        client->call("market.candles", asked + R"(,"from":"2021-04-02","to":"2021-04-01"})");
    EXPECT_EQ(error_data(back).at("field").as_string(), "to");
    EXPECT_EQ(error_code(client->call("market.candles", asked + R"(,"limit":2001})")),
              "INVALID_PARAMS");
}

TEST_F(CommandsTest, DaemonAndBooks) {
    EXPECT_EQ(command<cmd::Halt>("halt", R"({"why":"w"})").target.level,
              cmd::Target::Level::Daemon);
    command<cmd::Resume>("resume");
    EXPECT_GT(data("api.describe").at("methods").as_array().size(), 50u);
    EXPECT_EQ(data("version").at("version").as_string(), "0.1.0");
    data("ledger.correct", R"({"vault":"v1","reverses":17,"reason":"twice"})");
    const auto correction = std::get<cmd::CorrectEntry>(commands.seen().back().value);
    EXPECT_EQ(correction.reverses, 17u);
    EXPECT_FALSE(correction.entry);  // the store has none; the engine says so
    EXPECT_TRUE(data("health").at("ok").as_bool());
    ports::StoreHealth broken;
    broken.writable = false;
    broken.message = "disk is read-only";
    set_health(broken);
    const json::value sick = data("health");
    EXPECT_EQ(sick.at("state").as_string(), "degraded");
    EXPECT_EQ(sick.at("checks").at(2).at("message").as_string(), "disk is read-only");
}

TEST_F(CommandsTest, ListsAndReportsReadTheStoreAfterABarrier) {
    const auto before = commands.seen().size();
    EXPECT_EQ(data("trade.list", R"({"vault":"v1"})").at(0).at("id").as_string(), "a0:T1");
    ASSERT_EQ(commands.seen().size(), before + 2);  // there is such a vault, and it is settled
    EXPECT_TRUE(std::holds_alternative<cmd::ShowVault>(commands.seen()[before].value));
    EXPECT_TRUE(std::holds_alternative<cmd::Barrier>(commands.seen().back().value));
    EXPECT_TRUE(commands.seen().back().context.idem_key.empty());
    EXPECT_EQ(data("order.list").at(0).at("id").as_string(), "v1.quiet.1");
    EXPECT_EQ(data("order.show", R"({"order":"v1.quiet.1"})").at("fills").as_array().size(), 1u);
    EXPECT_EQ(error_code(client->call("order.show", R"({"order":"v1.quiet.2"})")), "NOT_FOUND");
    EXPECT_TRUE(data("sweep.list").as_array().empty());
    EXPECT_EQ(data("decision.list").as_array().size(), 1u);
    const json::value why = data("decision.why", R"({"vault":"v1","sleeve":"flash"})");
    EXPECT_EQ(why.at("figures").at("rise").as_string(), "0.011");
    EXPECT_EQ(why.at("order").as_string(), "v1.flash.4");
    EXPECT_NE(why.at("explanation").as_string().find("rose"), std::string::npos);
    EXPECT_TRUE(data("ledger.list", R"({"vault":"v1"})").as_array().empty());
    EXPECT_TRUE(data("ledger.export", R"({"vault":"v1"})").at("next_seq").is_null());
    EXPECT_EQ(data("ledger.verify", R"({"all":true})").at("vaults").as_int64(), 2);
    const json::value pnl = data("report.pnl", R"({"user":"ann"})");
    ASSERT_EQ(pnl.at("rows").as_array().size(), 2u);
    EXPECT_EQ(pnl.at("rows").at(0).at("net").as_string(), "3.5");
    EXPECT_EQ(pnl.at("totals").at(0).at("asset").as_string(), "USDT");
    EXPECT_EQ(data("report.pnl").at("rows").as_array().size(), 4u);
    EXPECT_EQ(error_code(client->call("report.pnl", R"({"user":"eve"})")), "NOT_FOUND");
}

TEST_F(CommandsTest, AListThatWasCutSaysSoAndHowToGoOn) {
    client.reset();
    stop();
    io.restart();
    fill_reader = [](FakeReader& reader) {
        for (int i = 0; i < 5; ++i) {
            ports::FillRow fill;
            fill.pair = Pair::parse("ETH/USDT").value();
            fill.fill.order = OrderId{VaultId{1}, SleeveKind::Quiet, 1};
            fill.fill.trade_id = "T" + std::to_string(i);
            fill.fill.time = kStart + std::chrono::minutes{i};
            fill.fill.fee_asset = Asset::parse("USDT").value();
            reader.fill_rows.push_back(fill);
            ports::EventRow event;
            event.seq = static_cast<std::uint64_t>(i + 1);
            reader.event_rows.push_back(event);
            ports::EntryRow entry;
            entry.vault = VaultId{1};
            entry.seq = static_cast<std::uint64_t>(i + 1);
            entry.postings_json = "[]";
            entry.at = fill.fill.time;
            reader.entry_rows.push_back(entry);
        }
    };
    start();
    client = std::make_unique<RawClient>(path());
    client->hello();
    const auto asked = [&](const std::string& method, const std::string& params) {
        const json::object reply = client->call(method, params, kMeta);
        EXPECT_TRUE(reply.contains("result")) << protocol::to_compact(reply);
        return reply.at("result").as_object();
    };
    for (const std::string method : {"trade.list", "ledger.list", "events"}) {
        const std::string vault = method == "ledger.list" ? R"("vault":"v1",)" : "";
        const json::object whole = asked(method, "{" + vault + R"("limit":5})");
        EXPECT_EQ(whole.at("data").as_array().size(), 5u) << method;
        EXPECT_TRUE(whole.at("warnings").as_array().empty()) << method;
        const json::object cut = asked(method, "{" + vault + R"("limit":2})");
        EXPECT_EQ(cut.at("data").as_array().size(), 2u) << method;
        ASSERT_EQ(cut.at("warnings").as_array().size(), 1u) << method;
        const std::string note(cut.at("warnings").at(0).as_string());
        EXPECT_NE(note.find("only the latest 2 are shown"), std::string::npos) << note;
        if (method != "events") {
            EXPECT_NE(note.find("--until 2021-04-01T00:03:00.001Z"), std::string::npos) << note;
        }
    }
}

}  // namespace
}  // namespace vault::test
