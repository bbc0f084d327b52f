// Goldens of every view: names, order and form of the fields are what other programs rely on.
#include "common/protocol/codec.hpp"
#include "daemon/control/level_marks.hpp"
#include "daemon/control/marks.hpp"
#include "daemon/control/render_views.hpp"

#include <gtest/gtest.h>

namespace vault::control {
namespace {

using vault::literals::operator""_dec;

const UtcTime kAt = parse_utc("2021-04-02T09:39:45.5Z").value();
const Asset kUsdt = Asset::parse("USDT").value();
const Pair kEth = Pair::parse("ETH/USDT").value();

ports::PositionView position() {
    ports::PositionView view;
    view.vault = VaultId{1};
    view.sleeve = SleeveKind::Flash;
    view.pair = kEth;
    view.state = "open";
    view.quantity = "0.0025"_dec;
    view.cost = "4.975"_dec;
    view.average_price = "1990"_dec;
    view.price = "2050"_dec;
    view.value = "5.1045"_dec;
    view.unrealised = "0.1295"_dec;
    view.price_at = kAt;
    view.opened_at = kAt;
    return view;
}

const std::string kPosition =
    R"({"vault":"v1","sleeve":"flash","pair":"ETH/USDT","state":"open","quantity":"0.0025",)"
    R"("held":"0","cost":"4.975","average_price":"1990","price":"2050",)"
    R"("price_at":"2021-04-02T09:39:45.500Z","price_stale":false,"price_frozen":"",)"
    R"("value":"5.1045","unrealised":"0.1295","opened_at":"2021-04-02T09:39:45.500Z",)"
    R"("kept_exits":{}})";

ports::PauseView pause() {
    ports::PauseView view;
    view.level = "sleeve";
    view.target = "v1.flash";
    view.state = "paused";
    view.by = "uid:0";
    view.why = "news \"day\"";
    view.since = kAt;
    view.changed = true;
    view.sleeves = {"v1.flash pausing"};
    return view;
}

const std::string kPause =
    R"({"level":"sleeve","target":"v1.flash","state":"paused","by":"uid:0",)"
    R"("why":"news \"day\"","since":"2021-04-02T09:39:45.500Z","changed":true,"durable":true,)"
    R"("dry_run":false,"sleeves":["v1.flash pausing"]})";

ports::SleeveView flash() {
    ports::SleeveView view;
    view.vault = VaultId{1};
    view.sleeve = SleeveKind::Flash;
    view.state = "holding";
    view.cash = "0.0051"_dec;
    view.positions_cost = "4.975"_dec;
    view.balance = "4.9801"_dec;
    view.principal = "5"_dec;
    view.realised = -"0.0199"_dec;
    view.positions = {position()};
    view.orders = {"v1.flash.2"};
    view.cycles = 3;
    view.strategy = "cycle";
    view.mode = "rules";
    view.preset = "flash";
    view.settings = {{"drop", "0.008", false}};
    view.pauses = {pause()};
    return view;
}

const std::string kFlash =
    R"({"vault":"v1","sleeve":"flash","state":"holding","idle_reason":"","cash":"0.0051",)"
    R"("locked":"0","pending":"0","unallocate_requested":"0","positions_cost":"4.975",)"
    R"("balance":"4.9801","principal":"5","realised":"-0.0199","unrealised":"0","equity":"0",)"
    R"("fees":"0","fee_float":"0","swept":"0","positions":[)" +
    kPosition +
    R"(],"orders":["v1.flash.2"],"cycles":3,"strategy":"cycle","mode":"rules","preset":"flash",)"
    R"("settings":[{"key":"drop","value":"0.008","default":false}],"last_fill_at":null,)"
    R"("pauses":[)" +
    kPause + "]}";

const std::string kQuiet =
    R"({"vault":"v0","sleeve":"quiet","state":"","idle_reason":"","cash":"0","locked":"0",)"
    R"("pending":"0","unallocate_requested":"0","positions_cost":"0","balance":"0",)"
    R"("principal":"0","realised":"0","unrealised":"0","equity":"0","fees":"0","fee_float":"0",)"
    R"("swept":"0","positions":[],"orders":[],"cycles":0,"strategy":"","mode":"","preset":"",)"
    R"("settings":[],"last_fill_at":null,"pauses":[]})";

ports::VaultView vault() {
    ports::VaultView view;
    view.id = VaultId{1};
    view.user = "ann";
    view.account = AccountId{2};
    view.asset = kUsdt;
    view.state = "running";
    view.total = "20.01253"_dec;
    view.tradeable = "15"_dec;
    view.reserve = "5.01253"_dec;
    view.equity = "20.01253"_dec;
    view.reserve_pct = "10"_dec;
    view.flash = flash();
    view.pairs = {kEth};
    view.auto_raise = {"percent", "50"_dec, std::nullopt};
    view.created_at = view.updated_at = kAt;
    return view;
}

const std::string kVault =
    R"({"id":"v1","user":"ann","account":"a2","asset":"USDT","mode":"paper","state":"running",)"
    R"("attention":"","total":"20.01253","tradeable":"15","reserve":"5.01253",)"
    R"("unallocated":"0","equity":"20.01253","shortfall":"0","reserve_pct":"10",)"
    R"("reserve_cap":null,"quiet":)" +
    kQuiet + R"(,"flash":)" + kFlash +
    R"(,"pairs":["ETH/USDT"],"auto_raise":{"mode":"percent","percent":"50","cap":null},)"
    R"("pauses":[],"created_at":"2021-04-02T09:39:45.500Z",)"
    R"("updated_at":"2021-04-02T09:39:45.500Z"})";

TEST(Render, Vault) {
    EXPECT_EQ(render_view(vault()), kVault);
    EXPECT_EQ(render_view(std::vector{vault(), vault()}), "[" + kVault + "," + kVault + "]");
    EXPECT_EQ(render_view(std::vector<ports::VaultView>{}), "[]");
}

TEST(Render, SleeveAndPositionAndPause) {
    EXPECT_EQ(render_view(flash()), kFlash);
    EXPECT_EQ(render_view(std::vector{flash()}), "[" + kFlash + "]");
    EXPECT_EQ(render_view(std::vector{position()}), "[" + kPosition + "]");
    EXPECT_EQ(render_view(pause()), kPause);
}

TEST(Render, SleevesOfVaultsKnowTheirOwner) {
    const std::string owner = R"(,"user":"ann","account":"a2","asset":"USDT"})";
    const auto with = [&](std::string one) { return one.substr(0, one.size() - 1) + owner; };
    EXPECT_EQ(render_sleeves(std::vector{vault()}), "[" + with(kQuiet) + "," + with(kFlash) + "]");
}

TEST(Render, AClockThatNoPriceHasStartedIsNoTime) {
    ports::AccountView account;
    account.created_at = kAt;
    const std::string text = render_view(account);
    EXPECT_NE(text.find(R"("now":null,"created_at":"2021-04-02T09:39:45.500Z")"), std::string::npos)
        << text;
    ports::VaultView view = vault();
    view.updated_at = UtcTime{};
    EXPECT_NE(render_view(view).find(R"("updated_at":null)"), std::string::npos);
}

TEST(Render, UserAndAccount) {
    ports::UserView user;
    user.id = UserId{3};
    user.name = "ann";
    user.role = Role::Moderator;
    user.wallets = {kUsdt};
    user.created_at = kAt;
    user.status = UserStatus::Pending;
    user.permissions = {Permission::Trade, Permission::Live};
    const std::string golden = R"({"id":"u3","name":"ann","role":"moderator","status":"pending",)"
                               R"("permissions":["trade","live"],"wallets":["USDT"],)"
                               R"("created_at":"2021-04-02T09:39:45.500Z"})";
    EXPECT_EQ(render_view(user), golden);
    EXPECT_EQ(render_view(std::vector{user}), "[" + golden + "]");
    ports::AccountView account;
    account.id = AccountId{2};
    account.user = "ann";
    account.exchange = "paper";
    account.wallets = {{kUsdt, "1"_dec, "2"_dec, "3"_dec, "0.5"_dec, "0.25"_dec}};
    account.vaults = {VaultId{1}};
    account.now = account.created_at = kAt;
    const std::string golden_account =
        R"({"id":"a2","user":"ann","exchange":"paper","label":"","wallets":[{"asset":"USDT",)"
        R"("free":"1","held":"2","total":"3","unattributed":"0.5","ignored":"0.25"}],)"
        R"("vaults":["v1"],"now":"2021-04-02T09:39:45.500Z",)"
        R"("created_at":"2021-04-02T09:39:45.500Z","history_unread_since":null,"history":""})";
    EXPECT_EQ(render_view(account), golden_account);
    EXPECT_EQ(render_view(std::vector{account}), "[" + golden_account + "]");
}

TEST(Render, PairsReplayEntryStatus) {
    ports::PairsView pairs;
    pairs.vault = VaultId{1};
    ports::PairView& pair = pairs.pairs.emplace_back();
    pair.rules = {kEth, "0.01"_dec, "0.0001"_dec, "10"_dec, "0"_dec, PairStatus::Halted};
    pair.selected = true;
    pair.status_since = pair.price_at = kAt;
    pair.trouble = "ETH/USDT is halted";
    pair.price = Price{"2000"_dec};
    pair.price_frozen = "halted";
    EXPECT_EQ(render_view(pairs),
              R"({"vault":"v1","pairs":[{"pair":"ETH/USDT","tick":"0.01","lot":"0.0001",)"
              R"("min_cost":"10","min_quantity":"0","status":"halted",)"
              R"("status_since":"2021-04-02T09:39:45.500Z","renamed_to":null,)"
              R"("trouble":"ETH/USDT is halted","selected":true,"price":"2000",)"
              R"("price_at":"2021-04-02T09:39:45.500Z","price_frozen":"halted"}]})");
    ports::ReplayView replay;
    replay.account = AccountId{1};
    replay.state = "running";
    replay.source = "/x.csv";
    replay.pair = kEth;
    replay.interval = Duration{60'000};
    replay.seed = 7;
    replay.position = 4;
    replay.ticks = 9;
    replay.now = kAt;
    const std::string golden =
        R"({"account":"a1","state":"running","source":"/x.csv","pair":"ETH/USDT",)"
        R"("interval":"1m","seed":7,"position":4,"ticks":9,"now":"2021-04-02T09:39:45.500Z",)"
        R"("virtual_time":"2021-04-02T09:39:45.500Z","until":null,"first":null,"last":null,)"
        R"("speed":null,"job":null})";
    EXPECT_EQ(render_view(replay), golden);
    EXPECT_EQ(render_view(std::vector{replay}), "[" + golden + "]");
    ports::JobView job;
    job.id = JobId{7};
    job.method = "replay.run";
    job.object = "a1";
    job.state = "running";
    job.by = "uid:0";
    job.detail = "at noon";
    job.started_at = kAt;
    const std::string golden_job =
        R"({"id":"j7","method":"replay.run","object":"a1","state":"running","by":"uid:0",)"
        R"("detail":"at noon","started_at":"2021-04-02T09:39:45.500Z","ended_at":null})";
    EXPECT_EQ(render_view(job), golden_job);
    EXPECT_EQ(render_view(std::vector{job}), "[" + golden_job + "]");
    EXPECT_EQ(render_view(ports::PairMarketView{AccountId{3}, AccountId{2}, kEth, {}, {}}),
              R"({"account":"a3","recorded_under":"a2","pair":"ETH/USDT","price":null,)"
              R"("price_at":null})");
    EXPECT_EQ(render_view(ports::EntryView{VaultId{1}, 5, "deposit", "funding:1"}),
              R"({"vault":"v1","seq":5,"kind":"deposit","cause":"funding:1"})");
    ports::StatusView status;
    status.state = "running";
    status.vaults = 3;
    status.entries = 12'345'678'901;
    status.warnings = {"w"};
    EXPECT_EQ(render_view(status),
              R"({"state":"running","users":0,"accounts":0,"vaults":3,"sleeves":0,)"
              R"("open_positions":0,"live_orders":0,"unresolved_orders":0,"paused_sleeves":0,)"
              R"("attention":0,"running_replays":0,"entries":12345678901,)"
              R"("pauses":[],"warnings":["w"]})");
}

TEST(Render, TopIsCountsAndLists) {
    ports::TopView top;
    top.status.state = "halted";
    top.status.vaults = 3;
    top.activity = {7, 14};
    top.matched = {3, 6, 0, 1, 0};
    ports::TopSleeve sleeve;
    sleeve.vault = VaultId{1};
    sleeve.user = "ann";
    sleeve.asset = kUsdt;
    sleeve.state = "idle";
    sleeve.idle_reason = "tradeable is 0";
    sleeve.preset = "quiet";
    sleeve.cash = "0.5"_dec;
    top.sleeves = {sleeve};
    ports::TopOrder order;
    order.id = {VaultId{1}, SleeveKind::Flash, 3};
    order.pair = Pair::parse("ETH/USDT").value();
    order.state = "open";
    order.reason = "spike";
    order.requested = "10"_dec;
    order.decided_at = kAt;
    top.orders = {order};
    top.decisions = {{VaultId{1}, SleeveKind::Quiet, order.pair, "buy", "hold", "no_signal", 4}};
    EXPECT_EQ(
        render_view(top),
        R"({"state":"halted","counts":{"users":0,"accounts":0,"vaults":3,"sleeves":0,)"
        R"("open_positions":0,"live_orders":0,"unresolved_orders":0,"paused_sleeves":0,)"
        R"("attention":0,"running_replays":0,"entries":0},)"
        R"("activity":{"ticks":7,"evaluations":14},"pauses":[],)"
        R"("matched":{"vaults":3,"sleeves":6,"positions":0,"orders":1,"alerts":0},"vaults":[],)"
        R"("sleeves":[{"vault":"v1","sleeve":"quiet","user":"ann","asset":"USDT","state":"idle",)"
        R"("idle_reason":"tradeable is 0","cash":"0.5","locked":"0","pending":"0",)"
        R"("positions_cost":"0","balance":"0","equity":"0","today":"0","unrealised":"0",)"
        R"("realised":"0","cycles":0,"preset":"quiet","last_fill_at":null}],"positions":[],)"
        R"("orders":[{"id":"v1.flash.3","vault":"v1","sleeve":"flash","pair":"ETH/USDT",)"
        R"("side":"buy","state":"open","reason":"spike","requested":"10","filled_quantity":"0",)"
        R"("filled_cost":"0","fee":"0","decided_at":"2021-04-02T09:39:45.500Z"}],)"
        R"("decisions":[{"vault":"v1","sleeve":"quiet","pair":"ETH/USDT","check":"buy",)"
        R"("action":"hold","reason":"no_signal","repeats":4}],"alerts":[]})");
}

TEST(Render, WhatWasDrawnBeforeIsShownAsItIs) {
    const std::string drawn = R"({"user":"ann","session":"s3","amount":"1.50","ended":["s1"],)"
                              R"("n":12,"none":null,"empty":[]})";
    EXPECT_EQ(render_view(ports::DrawnView{drawn}), drawn);
    EXPECT_EQ(render_view(ports::DrawnView{"{}"}), "{}");
}

TEST(RenderView, ACap) {
    const std::vector<ports::CapView> caps{{.level = "vault",
                                            .of = "v1",
                                            .cap = "max_daily_loss",
                                            .limit = "50",
                                            .standing = "latched",
                                            .headroom = "0",
                                            .asset = "USDT",
                                            .blocks = "all",
                                            .arithmetic = "lost 0",
                                            .tripped_at = kAt,
                                            .tripped = "lost 60",
                                            .ends = "vault resume v1",
                                            .remedy = "vaultctl vault resume v1"}};
    EXPECT_EQ(render_view(caps),
              R"([{"level":"vault","of":"v1","cap":"max_daily_loss","limit":"50",)"
              R"("standing":"latched","headroom":"0","asset":"USDT","blocks":"all",)"
              R"("arithmetic":"lost 0","tripped_at":"2021-04-02T09:39:45.500Z",)"
              R"("tripped":"lost 60","ends":"vault resume v1",)"
              R"("remedy":"vaultctl vault resume v1"}])");
}

// What a risk test begins with comes back as it was shown.
TEST(RenderView, ALevelThatIsMarked) {
    ports::LevelMarkView view;
    view.level = "sleeve";
    view.of = "v1.flash";
    view.asset = kUsdt;
    view.resume = "sleeve resume v1 flash";
    view.caps = {{"max_daily_loss", "50"}, {"max_drawdown", "off"}, {"caps_reset_daily", "true"}};
    ports::VaultMarkView mark;
    mark.vault = VaultId{1};
    mark.user = UserId{2};
    mark.account = AccountId{3};
    mark.recorded_under = AccountId{4};
    mark.asset = kUsdt;
    mark.seq = 7;
    mark.now = kAt;
    mark.fee_rate = "0.004"_dec;
    view.vaults = {{mark, {kEth}, false}, {mark, {}, true}};
    const std::string shown = render_view(view);
    EXPECT_NE(shown.find(R"("level":"sleeve","of":"v1.flash","asset":"USDT",)"
                         R"("resume":"sleeve resume v1 flash","caps":{"caps_reset_daily":"true",)"
                         R"("max_daily_loss":"50","max_drawdown":"off"},"marks":[)"),
              std::string::npos)
        << shown;
    EXPECT_TRUE(shown.ends_with(R"("pairs":[["ETH/USDT"],[]],"beside":[false,true]})")) << shown;
    const report::LevelMark level = read_level(shown);
    EXPECT_EQ(level.level, risk::Level::Sleeve);
    EXPECT_EQ(level.sleeve, SleeveKind::Flash);
    EXPECT_EQ(level.of, "v1.flash");
    EXPECT_EQ(level.resume, "sleeve resume v1 flash");
    EXPECT_EQ(level.caps.max_daily_loss, "50"_dec);
    EXPECT_FALSE(level.caps.max_drawdown);
    EXPECT_TRUE(level.caps.caps_reset_daily);
    ASSERT_EQ(level.vaults.size(), 2U);
    EXPECT_EQ(level.vaults[0].mark.recorded_under, AccountId{4});
    EXPECT_EQ(level.vaults[0].mark.now, kAt);
    EXPECT_EQ(level.vaults[0].mark.fee_rate, "0.004"_dec);
    EXPECT_EQ(level.vaults[0].pairs, std::vector<Pair>{kEth});
    EXPECT_TRUE(level.vaults[1].beside);
}

ports::ApiKeyView api_key() {
    ports::ApiKeyView view{.row = {}, .user = "ann", .exchange = "paper"};
    ports::ApiKeyRow& row = view.row;
    row.id = ApiKeyId{2};
    row.user = UserId{3};
    row.account = AccountId{1};
    row.label = "main";
    row.key.shown = "pape…-ann";
    row.state_since = row.created_at = kAt;
    row.created_by = "ann";
    return view;
}

TEST(Render, ApiKeyThatNobodyWasAskedAboutYet) {
    const std::string golden =
        R"({"id":"k2","account":"a1","user":"ann","exchange":"paper","label":"main",)"
        R"("key":"pape…-ann","state":"new","state_since":"2021-04-02T09:39:45.500Z","why":"",)"
        R"("check":null,"next_check_at":null,"health":{"calls":0,"errors":0,"recent_errors":0,)"
        R"("auth_errors_in_row":0,"latency_ms":0,"last_success":null,"last_error":"",)"
        R"("rate_left_pct":null},"replaced_by":null,"allow_withdrawal":null,)"
        R"("created_at":"2021-04-02T09:39:45.500Z","created_by":"ann"})";
    EXPECT_EQ(render_view(api_key()), golden);
    EXPECT_EQ(render_view(std::vector{api_key()}), "[" + golden + "]");
}

TEST(Render, ApiKeyWithAllThatIsKnown) {
    ports::ApiKeyView view = api_key();
    ports::ApiKeyRow& row = view.row;
    row.state = ports::KeyState::Degraded;
    row.state_reason = "8 of its last 32 calls failed";
    row.check = ports::KeyCheck{.at = kAt,
                                .signature_accepted = true,
                                .rights = {.query_funds = true, .trade = true, .withdraw = true},
                                .ip = ports::IpRestriction::Yes,
                                .expires_at = kAt,
                                .message = "it can withdraw, which ann accepts"};
    row.next_check_at = kAt;
    row.health = {.calls = 40,
                  .errors = 9,
                  .recent = 0xFFU,
                  .auth_errors_in_row = 1,
                  .latency_us = 20'900,
                  .last_success = kAt,
                  .last_error = "no \"answer\"",
                  .rate_left_pct = 80};
    row.replaced_by = ApiKeyId{5};
    row.allow_withdrawal = ports::WithdrawalPermit{"ann", kAt};
    row.account_identity = Digest{};
    EXPECT_EQ(render_view(view),
              R"({"id":"k2","account":"a1","user":"ann","exchange":"paper","label":"main",)"
              R"("key":"pape…-ann","state":"degraded","state_since":"2021-04-02T09:39:45.500Z",)"
              R"("why":"8 of its last 32 calls failed","check":{"at":)"
              R"("2021-04-02T09:39:45.500Z","signature_accepted":true,"rights":["query_funds",)"
              R"("trade","withdraw"],"ip_restricted":"yes","expires_at":)"
              R"("2021-04-02T09:39:45.500Z","message":"it can withdraw, which ann accepts"},)"
              R"("next_check_at":"2021-04-02T09:39:45.500Z","health":{"calls":40,"errors":9,)"
              R"("recent_errors":8,"auth_errors_in_row":1,"latency_ms":20,"last_success":)"
              R"("2021-04-02T09:39:45.500Z","last_error":"no \"answer\"","rate_left_pct":80},)"
              R"("replaced_by":"k5","allow_withdrawal":"ann","created_at":)"
              R"("2021-04-02T09:39:45.500Z","created_by":"ann"})");
}

TEST(Render, KeyPolicyTellsWhatItPicks) {
    EXPECT_EQ(render_view(ports::KeyPolicyView{VaultId{1}, ports::KeyPolicy::Pinned, ApiKeyId{2},
                                               ApiKeyId{2}, ""}),
              R"({"vault":"v1","policy":"pinned","pinned":"k2","picked":"k2","why_none":""})");
    EXPECT_EQ(render_view(ports::KeyPolicyView{
                  VaultId{1}, ports::KeyPolicy::RoundRobin, {}, {}, "account a1 has no API key"}),
              R"({"vault":"v1","policy":"round_robin","pinned":null,"picked":null,)"
              R"("why_none":"account a1 has no API key"})");
}

TEST(Render, AlertsTellWhoWasTold) {
    ports::AlertRow row;
    row.id = AlertId{7};
    row.severity = ports::Severity::Critical;
    row.kind = "cap_tripped";
    row.subject = "v1.flash";
    row.user = UserId{1};
    row.user_name = "ann";
    row.message = "words";
    row.next = "vaultctl sleeve resume v1 flash";
    row.first_at = row.last_at = kAt;
    row.count = 3;
    row.deliveries = {{.target = "ops", .tries = 1, .first_try = kAt, .problem = "answered 500"}};
    EXPECT_EQ(render_view(ports::AlertsView{{row}}),
              R"([{"id":"n7","severity":"critical","kind":"cap_tripped","subject":"v1.flash",)"
              R"("user":"ann","message":"words","next":"vaultctl sleeve resume v1 flash",)"
              R"("first_at":"2021-04-02T09:39:45.500Z","last_at":"2021-04-02T09:39:45.500Z",)"
              R"("count":3,"seen_at":null,"seen_by":"","deliveries":[{"target":"ops",)"
              R"("state":"pending","tries":1,"first_try":"2021-04-02T09:39:45.500Z",)"
              R"("last_try":null,"problem":"answered 500"}]}])");
    row.id = AlertId{};
    EXPECT_TRUE(render_view(ports::AlertsView{{row}}).starts_with(R"([{"id":null,)"));
}

TEST(Render, PresetsTellWhoseTheyAre) {
    const ports::PresetView own{
        "calm", "ann", "quiet", "slow", "ann", kAt, {{"spike", "1.03", false}}};
    const std::string text =
        R"({"name":"calm","user":"ann","base":"quiet","note":"slow","created_at":)"
        R"("2021-04-02T09:39:45.500Z","created_by":"ann","settings":[{"key":"spike",)"
        R"("value":"1.03","default":false}]})";
    EXPECT_EQ(render_view(own), text);
    EXPECT_EQ(render_view(std::vector<ports::PresetView>{own}), "[" + text + "]");
    EXPECT_EQ(render_view(ports::PresetView{"flash", "", "flash", "", "", {}, {}}),
              R"({"name":"flash","user":null,"base":"flash","note":"","created_at":null,)"
              R"("created_by":"","settings":[]})");
}

TEST(Render, EveryAlternativeIsCovered) {
    static_assert(std::variant_size_v<ports::View> == 29, "add the golden of the new view");
    EXPECT_EQ(render_nothing(ports::StatusView{}), "null");
}

TEST(Render, MarksSurviveTheirText) {
    ports::VaultMarkView one;
    one.vault = VaultId{1};
    one.user = UserId{3};
    one.user_name = "a\"n\\n";
    one.account = one.recorded_under = AccountId{2};
    one.asset = kUsdt;
    one.seq = 17;
    one.now = kAt;
    one.fee_rate = "0.004"_dec;
    one.flash.balance = "4.9801"_dec;
    one.flash.unrealised = -"0.000000000000000001"_dec;
    one.flash.coins = {{Asset::parse("ETH").value(), "0.5"_dec}};
    one.flash.cycles = 4;
    one.frozen = {"0.5 ETH is valued at 2000"};
    const auto marks = read_marks(render_view(std::vector{one}));
    ASSERT_EQ(marks.size(), 1u);
    EXPECT_EQ(marks[0].user_name, one.user_name);
    EXPECT_EQ(marks[0].user, UserId{3});
    EXPECT_EQ(marks[0].account, AccountId{2});
    EXPECT_EQ(marks[0].asset, kUsdt);
    EXPECT_EQ(marks[0].seq, 17u);
    EXPECT_EQ(marks[0].now, kAt);
    EXPECT_EQ(marks[0].unrealised[1], one.flash.unrealised);
    EXPECT_EQ(marks[0].sums.sleeves[1].balance, "4.9801"_dec);
    EXPECT_EQ(marks[0].sums.sleeves[1].coins.at(one.flash.coins[0].base), "0.5"_dec);
    EXPECT_EQ(marks[0].cycles[1], 4u);
    EXPECT_EQ(marks[0].frozen, one.frozen);
}

}  // namespace
}  // namespace vault::control
