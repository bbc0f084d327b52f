#include "tests/unit/engine/shard_desk.hpp"

#include "daemon/engine/state_codec.hpp"
#include "daemon/engine/view_builder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

std::string no_reply(const ports::View&) {
    return "{}";
}

template <class T>
void join(std::vector<T>& to, const std::vector<T>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

void join(ports::Batch& to, const ports::Batch& from) {
    join(to.entries, from.entries);
    join(to.orders, from.orders);
    join(to.fills, from.fills);
    join(to.decisions, from.decisions);
    join(to.prices, from.prices);
    join(to.allocations, from.allocations);
    join(to.sweeps, from.sweeps);
    join(to.pauses, from.pauses);
    join(to.cycles, from.cycles);
    join(to.day_closes, from.day_closes);
    join(to.events, from.events);
}

std::string describe(const Market& market, Pair fed) {
    std::string out = fmt::format("now {}\n", market.now.time_since_epoch().count());
    for (const auto& [pair, at] : market.pairs) {
        if (at.last) out += fmt::format("{} {}\n", pair.text(), at.last->price.value.text());
        // Windows are folded anew from the feed: only the fed pair has one.
        if (pair != fed) continue;
        for (const Listener& listener : at.listeners) {
            const market::PriceWindow& window = *listener.slot->window;
            if (window.empty()) continue;
            const market::WindowFigures& f = window.figures();
            out += fmt::format("window {} low {} closes {} {} warm {} p1 {}\n", window.samples(),
                               f.low.value.text(), f.closes_sum.text(), f.closes_count, f.warm,
                               f.reference ? f.reference->value.text() : "-");
        }
    }
    return out;
}

std::string describe(const Vault& vault) {
    std::string out = fmt::format("{} {}\n", to_text(vault.row.id), save_vault(vault));
    for (const ledger::Balance& line : vault.books.balances())
        out += fmt::format("{} {} {}\n", ledger::to_text(line.account), line.asset.text(),
                           line.amount.text());
    out += fmt::format("seq {}\n", vault.books.head().seq);
    for (const Sleeve& sleeve : vault.sleeves) {
        out += fmt::format("{} {}\nheld {}\n", to_text(sleeve.kind), save_sleeve(sleeve),
                           to_text(sleeve.held));
        for (const strategy::KeyInfo& key : strategy::cycle_keys())
            out += strategy::get(sleeve.params, key.name).value() + " ";
        for (const risk::CapKey& key : risk::cap_keys())
            out += risk::cap_text(sleeve.caps, key.name) + " ";
        for (const PairSlot& slot : sleeve.slots)
            out += fmt::format("\n{} {} {} {} paused {} capped {} pending {}", slot.pair.text(),
                               slot.view.quantity.text(), slot.view.cost.text(),
                               slot.view.fee_rate.text(), slot.view.paused, slot.view.capped,
                               slot.view.order_pending);
        out += '\n';
    }
    return out;
}

std::string first_difference(const std::string& before, const std::string& after) {
    std::size_t at = 0;
    while (at < before.size() && at < after.size() && before[at] == after[at])
        ++at;
    const std::size_t from = at > 120 ? at - 120 : 0;
    return fmt::format("before: {}\nafter:  {}", before.substr(from, 240), after.substr(from, 240));
}

}  // namespace

std::map<Pair, PairRules> desk_catalogue() {
    std::map<Pair, PairRules> out;
    const auto add = [&out](Pair pair, const char* tick, const char* lot, const char* cost,
                            const char* quantity) {
        out.emplace(pair, PairRules{pair, dec(tick), dec(lot), dec(cost), dec(quantity)});
    };
    add(kEthUsdt, "0.01", "0.0001", "10", "0.0001");
    add(kBtcUsdt, "0.1", "0.00001", "10", "0.00001");
    add(kEthUsdc, "0.01", "0.0001", "10", "0.0001");
    add(kEthBtc, "0.00001", "0.0001", "0.0002", "0.0001");
    add(pair("USDT/USD"), "0.0001", "0.01", "5", "5");
    return out;
}

std::map<std::string, std::string> simple_settings() {
    return {{"preset", "flash"},   {"history", "5m"},     {"momentum_window", "1m"},
            {"buy_check", "1s"},   {"sell_check", "1s"},  {"spike", "1.01"},
            {"bounce", "2"},       {"near_low", "1"},     {"spike_needs_trend", "false"},
            {"spend", "1"},        {"min_quote", "0"},    {"hold_uptrend", "2"},
            {"stop_loss", "0.05"}, {"trail_arm", "0.02"}, {"trail_drop", "0.005"},
            {"trail_reset", "-1"}};
}

cmd::Target sleeve_target(VaultId vault, SleeveKind sleeve) {
    return {cmd::Target::Level::Sleeve, vault, sleeve, {}};
}
cmd::Target vault_target(VaultId vault) {
    return {cmd::Target::Level::Vault, vault, SleeveKind::Quiet, {}};
}
cmd::Target user_target(std::string user) {
    return {cmd::Target::Level::User, {}, SleeveKind::Quiet, std::move(user)};
}
cmd::Target daemon_target() {
    return {};
}

std::string describe(const Sums& sums) {
    std::string out =
        fmt::format("sums {} {} {} {} {} unresolved {} buys {}", sums.equity.text(),
                    sums.unrealised.text(), sums.booked.realised.text(), sums.booked.swept.text(),
                    sums.booked.principal.text(), sums.unresolved, sums.buys_today);
    for (const auto& [base, total] : sums.bases)
        out +=
            fmt::format(" {} {} unresolved {}", base.text(), total.value.text(), total.unresolved);
    return out + '\n';
}

std::string describe(const World& world) {
    std::string out = save_daemon(world) + '\n' + describe(world.daemon_risk.sums);
    for (const Job& job : world.jobs.slots())
        out += save_job(job) + '\n';
    for (const ports::AlertRow& alert : world.alerts.slots())
        out += save_alert(alert) + '\n';
    for (const User& user : world.users) {
        out += fmt::format("{} {} wallets {}\n", user.row.name, save_user(user),
                           user.row.wallets.size());
        out += describe(user.risk.sums);
    }
    for (const Account& account : world.accounts) {
        out += fmt::format("{} {}\n", to_text(account.row.id), save_account(world, account));
        out += describe(world.market_of(account), account.replay.source.pair);
    }
    for (const Vault& vault : world.vaults)
        out += describe(vault);
    out += fmt::format("replies {} entries {}\n", world.replies.size(), world.entries());
    return out;
}

ShardDesk::ShardDesk(exchange::SimSettings paper) {
    options_.paper = paper;
    options_.catalogue = desk_catalogue();
    options_.risk_asset = asset("USDT");
    shard_ = std::make_unique<Shard>(ShardId{1}, options_, scripts_, clock_, log_);
    const auto snapshot = store_.load(ShardId{1});
    VAULT_CHECK(snapshot.has_value() && shard_->load(snapshot.value()).has_value(), "a new store");
}

void ShardDesk::configure(EngineOptions options) {
    options.paper = options_.paper;
    options.catalogue = options_.catalogue;
    options.risk_asset = options_.risk_asset;
    options_ = std::move(options);
    shard_->configure(options_);
}

std::string ShardDesk::state(SleeveKind kind, VaultId id) const {
    return std::string{sleeve_state(world(), vault(id), sleeve(kind, id))};
}

void ShardDesk::commit() {
    ports::Batch batch = shard_->close_batch();
    last_ = batch;
    join(all_, batch);
    store_.commit(std::move(batch), [this](const ports::CommitReport& report) {
        if (report.status != ports::CommitStatus::Durable && store_error_.empty())
            store_error_ = "the store refused the batch: " + report.message;
    });
    store_.step();
}

std::optional<Error> ShardDesk::apply(const ports::Command& command, const std::string& key,
                                      bool dry_run) {
    ports::CallContext context;
    context.actor = "ann";
    context.idem_key = key;
    context.dry_run = dry_run;
    const auto done = shard_->apply(context, command, no_reply);
    commit();
    if (done) return std::nullopt;
    return done.error();
}

void ShardDesk::configure(const risk::Caps& daemon_caps) {
    options_.daemon_caps = daemon_caps;
    shard_->configure(options_);
    commit();
}

void ShardDesk::configure(const risk::OrderRules& order_rules) {
    options_.order_rules = order_rules;
    shard_->configure(options_);
    commit();
}

void ShardDesk::set_rules(const PairRules& rules) {
    change_before_restart(rules);
    shard_->configure(options_);
    commit();
}

void ShardDesk::set_status(const Pair& pair, PairStatus status) {
    PairRules rules = options_.catalogue.at(pair);
    rules.status = status;
    set_rules(rules);
}

void ShardDesk::change_before_restart(const PairRules& rules) {
    options_.catalogue.at(rules.pair) = rules;
}

void ShardDesk::must(const ports::Command& command) {
    const auto error = apply(command);
    EXPECT_FALSE(error.has_value()) << (error ? error->message() : "");
}

void ShardDesk::start_replay(AccountId account, Pair pair, std::string_view price, Duration after) {
    scripts_.add(script_of(account), pair, kStart + after, Price{dec(price)});
    must(cmd::ReplayStart{.account = account,
                          .source = script_of(account),
                          .pair = std::nullopt,
                          .interval = std::nullopt,
                          .speed = std::nullopt,
                          .from = std::nullopt,
                          .to = std::nullopt});
}

void ShardDesk::tick(std::string_view price, AccountId account) {
    tick_after(kTickEvery, Price{dec(price)}, account);
}

void ShardDesk::tick_after(Duration after, Price price, AccountId account, bool gap) {
    Script& script = scripts_.at(script_of(account));
    const Account& at = world().accounts[account.value - 1];
    const UtcTime now = std::max(world().market_of(at).now, script.ticks.back().time) + after;
    script.ticks.push_back({now, price, script.ticks.size(), gap, ask_gap_, bid_gap_});
    ports::CallContext context;
    context.actor = "ann";
    const auto run = shard_->apply(context, cmd::ReplayRun{account, now}, no_reply);
    VAULT_CHECK(run.has_value(), "the replay runs");
    while (shard_->run_replays(SteadyTime{std::chrono::hours{1'000'000}})) {
    }
    commit();
}

void ShardDesk::push(Pair pair, std::string_view price, AccountId account) {
    const Account& at = world().accounts[account.value - 1];
    const UtcTime now = world().market_of(at).now + Duration{1000};
    shard_->push_tick(at.market, pair, {now, Price{dec(price)}, 0, false});
    commit();
}

void ShardDesk::end_of_data(AccountId account) {
    scripts_.at(script_of(account)).closed = true;
    must(cmd::ReplayRun{account, std::nullopt});
    while (shard_->run_replays(SteadyTime{std::chrono::hours{1'000'000}})) {
    }
    commit();
}

bool ShardDesk::restart() {
    const std::string before = describe(world());
    auto next = std::make_unique<Shard>(ShardId{1}, options_, scripts_, clock_, log_);
    const auto snapshot = store_.load(ShardId{1});
    if (!snapshot) {
        difference_ = snapshot.error().message();
        return false;
    }
    const auto loaded = next->load(snapshot.value());
    if (!loaded) {
        difference_ = loaded.error().message();
        return false;
    }
    shard_ = std::move(next);
    last_ = {};
    const std::string after = describe(world());
    difference_ = before == after ? "" : first_difference(before, after);
    return before == after;
}

std::size_t ShardDesk::events(std::string_view type) const {
    return static_cast<std::size_t>(
        std::count_if(all_.events.begin(), all_.events.end(),
                      [&](const ports::EventRow& row) { return row.type == type; }));
}

namespace {

exchange::SimSettings plain(const DeskOptions& options) {
    exchange::SimSettings paper = options.paper;
    paper.fee_rate = dec(options.fee);
    paper.slippage = dec(options.slippage);
    return paper;
}

}  // namespace

OpenDesk::OpenDesk(const DeskOptions& options) : ShardDesk(plain(options)) {
    must(cmd::CreateUser{"ann", Role::Member});
    must(cmd::AddAccount{"ann", "paper", ""});
    start_replay(kA1, kEthUsdt, "2000");
    must(cmd::CreateVault{kA1, asset("USDT"), dec(options.total)});
    must(cmd::SetPairs{kV1, {kEthUsdt}, {}, false});
    must(cmd::SetTradeable{kV1, dec(options.total)});
    const cmd::Allocate allocate{kV1, dec(options.quiet), dec(options.flash)};
    if (!allocate.quiet.is_zero() || !allocate.flash.is_zero()) must(allocate);
    for (const SleeveKind kind : kSleeveKinds)
        must(cmd::SetSleeve{kV1, kind, simple_settings()});
}

void open_position(ShardDesk& desk) {
    desk.tick("2020");
    desk.tick("2020");
}

}  // namespace vault::engine::test
