#include "tests/unit/engine/engine_world.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace vault::engine::test {
namespace {

constexpr std::uint32_t kMillion = 1'000'000;

exchange::SimSettings any_venue(std::uint64_t seed) {
    std::mt19937_64 random{seed ^ 0x5eed};
    exchange::SimSettings out;
    out.fee_rate = dec(random() % 3 == 0 ? "0" : random() % 2 == 0 ? "0.001" : "0.004");
    out.slippage = dec(random() % 2 == 0 ? "0" : "0.0005");
    out.fee_in = random() % 4 == 0 ? exchange::FeeIn::Base : exchange::FeeIn::Quote;
    out.partial_fill_per_million = random() % 2 == 0 ? 0 : kMillion / 2;
    out.reject_per_million = random() % 3 == 0 ? kMillion / 10 : 0;
    out.latency_ticks = random() % 3 == 0 ? static_cast<std::uint32_t>(random() % 3) : 0;
    out.seed = seed + 1;
    return out;
}

std::string figure_of(const ports::DecisionRow& row, const std::string& name) {
    const std::string named = '"' + name + R"(":")";
    const std::size_t at = row.figures_json.find(named);
    if (at == std::string::npos) return "?";
    const std::size_t from = at + named.size();
    return row.figures_json.substr(from, row.figures_json.find('"', from) - from);
}

std::uint64_t from_environment(const char* name, std::uint64_t standard) {
    const char* const text = std::getenv(name);
    return text == nullptr ? standard : std::strtoull(text, nullptr, 10);
}

}  // namespace

std::uint64_t property_sequences(std::uint64_t standard) {
    return from_environment("VAULT_PROPERTY_SEQUENCES", standard);
}
std::uint64_t property_seed() {
    return from_environment("VAULT_PROPERTY_SEED", 1);
}

EngineWorld::EngineWorld(std::uint64_t seed) : seed_(seed), random_(seed), desk_(any_venue(seed)) {
    set_up();
}

void EngineWorld::set_up() {
    desk_.must(cmd::CreateUser{"ann", Role::Member});
    desk_.must(cmd::SetWallets{"ann", {asset("BTC"), asset("USD")}, {}});
    desk_.must(cmd::AddAccount{"ann", "paper", "main"});
    desk_.start_replay(kA1, kEthUsdt, "2000");
    desk_.must(cmd::CreateVault{kA1, asset("USDT"), "5000"_dec});
    if (chance(60)) desk_.must(cmd::CreateVault{kA1, asset("USDC"), "3000"_dec});
    if (chance(30)) desk_.must(cmd::CreateVault{kA1, asset("BTC"), "1"_dec});
    if (chance(20)) desk_.must(cmd::CreateVault{kA1, asset("USD"), "100"_dec});
    if (chance(25)) {
        desk_.must(cmd::CreateUser{"bob", Role::Member});
        desk_.must(cmd::AddAccount{"bob", "paper", "main"});
        desk_.start_replay(AccountId{2}, kEthUsdt, "2000");
        desk_.must(cmd::CreateVault{AccountId{2}, asset("USDT"), "5000"_dec});
    }
    for (const Account& account : desk_.world().accounts) {
        prices_[{account.row.id, kEthUsdt}] = prices_[{account.row.id, kEthUsdc}] = "2000"_dec;
        prices_[{account.row.id, kBtcUsdt}] = "30000"_dec;
        prices_[{account.row.id, kEthBtc}] = "0.06"_dec;
        prices_[{account.row.id, pair("USDT/USD")}] = "1"_dec;
    }
    for (std::uint32_t i = 1; i <= desk_.world().vaults.size(); ++i) {
        const VaultId id{i};
        const Asset quote = desk_.vault(id).row.asset;
        std::vector<Pair> pairs;
        for (const auto& [pair, rules] : desk_.world().catalogues.at("paper").pairs)
            if (pair.quote == quote &&
                (pair.base == asset("ETH") || quote == asset("USD") || chance(40)))
                pairs.push_back(pair);
        desk_.must(cmd::SetPairs{id, pairs, {}, false});
        const Decimal total = desk_.books(id).total();
        const auto part = [&](const char* f) { return mul(total, dec(f), Rounding::Down).value(); };
        desk_.must(cmd::SetTradeable{id, part("0.8")});
        desk_.must(cmd::Allocate{id, part("0.2"), part("0.4")});
        for (const SleeveKind kind : kSleeveKinds)
            desk_.apply(cmd::SetSleeve{id, kind, any_settings()});
    }
    if (chance(30)) desk_.configure(any_daemon_caps());
    if (chance(50)) desk_.configure(any_order_rules());
    if (chance(40)) desk_.must(cmd::SetCaps{user_target("ann"), any_caps(risk::Level::User), true});
    if (chance(40)) desk_.must(cmd::SetCaps{vault_target(kV1), any_caps(risk::Level::Vault), true});
}

std::map<std::string, std::string> EngineWorld::any_settings() {
    std::map<std::string, std::string> out = simple_settings();
    out["hold_uptrend"] = chance(70) ? "2" : "1.03";
    out["spike"] = chance(70) ? "1.003" : "1.01";
    out["spend"] = any_of<std::string>({"1", "0.996", "0.5", "0.1"});
    out["stop_loss"] = any_of<std::string>({"0.02", "0.05"});
    out["trail_arm"] = any_of<std::string>({"0", "0.01", "0.02"});
    out["trail_drop"] = any_of<std::string>({"0", "0.005", "0.01"});
    out["stop_first"] = chance(50) ? "true" : "false";
    out["cooldown"] = chance(80) ? "0s" : "3m";
    out["max_open_positions"] = chance(60) ? "1" : "2";
    if (chance(15)) out["max_position"] = any_of<std::string>({"200", "1000", "off"});
    if (chance(15)) out["max_daily_loss"] = any_of<std::string>({"5", "40", "off"});
    if (chance(15)) out["max_position_pct"] = any_of<std::string>({"30", "80", "off"});
    if (chance(15)) out["max_trades_per_day"] = any_of<std::string>({"1", "3", "off"});
    if (chance(15)) out["max_drawdown"] = any_of<std::string>({"0.01", "0.05", "off"});
    if (chance(15)) out["max_exposure_per_base"] = any_of<std::string>({"500", "2000", "off"});
    if (chance(15)) out["quote_band"] = any_of<std::string>({"0.005", "0.02", "off"});
    if (chance(30)) out["caps_reset_daily"] = "true";
    if (chance(5)) out["stop_loss"] = "0.002";
    if (chance(5)) out["spend"] = "7";
    return out;
}

std::map<std::string, std::string> EngineWorld::any_caps(risk::Level level) {
    const auto on_trip = [&] { return any_of<std::string>({"entries", "all", "liquidate"}); };
    std::map<std::string, std::string> out;
    if (chance(50)) out["max_daily_loss"] = any_of<std::string>({"10", "60", "200", "off"});
    if (chance(40)) out["max_drawdown"] = any_of<std::string>({"0.01", "0.04", "off"});
    if (chance(40)) out["max_trades_per_day"] = any_of<std::string>({"2", "6", "off"});
    if (chance(30)) out["max_daily_loss_on_trip"] = on_trip();
    if (chance(30)) out["max_drawdown_on_trip"] = on_trip();
    if (chance(40) && level != risk::Level::Vault)
        out["max_exposure_per_base"] = any_of<std::string>({"700", "2500", "off"});
    out["caps_reset_daily"] = chance(60) ? "true" : "false";
    return out;
}

risk::Caps EngineWorld::any_daemon_caps() {
    risk::Caps caps;
    for (const auto& [key, text] : any_caps(risk::Level::Daemon))
        VAULT_CHECK(risk::set_cap(caps, key, text).has_value(), "a cap of ours is one");
    return caps;
}

risk::OrderRules EngineWorld::any_order_rules() {
    risk::OrderRules rules;
    if (chance(15)) rules.price_band = "0.0004"_dec;  // less than some venues' slippage
    if (chance(30)) rules.max_order = any_of<Decimal>({"200"_dec, "800"_dec});
    if (chance(70)) rules.max_orders_per_minute = static_cast<std::uint32_t>(1 + roll(2));
    return rules;
}

Decimal EngineWorld::amount(Decimal about) {
    if (chance(10)) return kZero;
    if (chance(5)) return -about;
    if (chance(15)) return about;
    const auto part =
        Decimal::from_raw(static_cast<Decimal::Raw>(1 + roll(120)) * (Decimal::kOne / 100));
    const auto raw = mul(about, part, Rounding::Down);
    const Decimal exact = raw ? raw.value() : about;
    return chance(70) ? floor_8(exact) : exact;
}

VaultId EngineWorld::any_vault() {
    return VaultId{static_cast<std::uint32_t>(1 + roll(desk_.world().vaults.size()))};
}
AccountId EngineWorld::any_account() {
    return AccountId{static_cast<std::uint32_t>(1 + roll(desk_.world().accounts.size()))};
}

cmd::Target EngineWorld::any_target() {
    switch (roll(10)) {
        case 0: return daemon_target();
        case 1: return user_target(any_of<std::string>({"ann", "bob"}));
        case 2:
        case 3:
        case 4: return vault_target(any_vault());
        default: return sleeve_target(any_vault(), any_sleeve());
    }
}

bool EngineWorld::run(int steps) {
    for (int i = 0; i < steps && failure_.empty(); ++i)
        step();
    if (failure_.empty()) {
        const auto proved = desk_.store().prove();
        if (!proved) fail("the store's proof: " + proved.error().message());
    }
    return failure_.empty();
}

void EngineWorld::step() {
    if (chance(68)) return price();
    if (chance(9)) return restart();
    if (chance(4)) return market_status();
    command();
}

// Most pairs trade most of the time, so that lives go on.
void EngineWorld::market_status() {
    const Pair pair = any_of<Pair>({kEthUsdt, kEthUsdt, kBtcUsdt, kEthUsdc, kEthBtc});
    const auto status = chance(60) ? PairStatus::Trading : static_cast<PairStatus>(roll(5));
    const PairStatus before = desk_.world().catalogues.at("paper").pairs.at(pair).status;
    desk_.set_status(pair, status);
    if (before != status) ++seen_[fmt::format("status {}", to_text(status))];
    look({desk_,
          StepKind::Command,
          fmt::format("{} is {}", pair.text(), to_text(status)),
          false,
          {}});
}

// What a broken feed sends.
Price EngineWorld::wrong_price(Decimal known) {
    const Decimal factor = any_of<Decimal>({"0.01"_dec, "0.4"_dec, "3"_dec, "1000"_dec});
    const auto wrong = mul(known, factor, Rounding::Down);
    return Price{chance(20) || !wrong ? kZero : wrong.value()};
}

Price EngineWorld::next_price(Decimal from, Decimal tick) {
    const std::uint64_t about = chance(4) ? 3'000 : chance(20) ? 600 : 150;  // in 10^-4
    const auto change =
        static_cast<Decimal::Raw>(roll(2 * about + 1)) - static_cast<Decimal::Raw>(about);
    const Decimal factor = kOne + Decimal::from_raw(change * (Decimal::kOne / 10'000));
    const auto moved = mul(from, factor, Rounding::Down);
    return Price{max(tick, round_step(moved ? moved.value() : from, tick, Rounding::Floor))};
}

// What the account's vaults trade beside the replayed pair.
std::vector<Pair> EngineWorld::pushed_pairs(AccountId account) const {
    std::vector<Pair> out;
    for (const VaultId id : desk_.world().accounts[account.value - 1].vaults)
        for (const Pair& pair : desk_.vault(id).pairs)
            if (pair != kEthUsdt) out.push_back(pair);
    return out;
}

void EngineWorld::price() {
    const AccountId account = any_account();
    EngineStep step{desk_, StepKind::Tick, {}, false, account};
    const std::vector<Pair> pushed = pushed_pairs(account);
    if (chance(5)) {
        const auto gap = [this] { return dec(chance(60) ? "0" : chance(80) ? "0.0041" : "1"); };
        const Decimal ask = gap();
        desk_.set_gaps(ask, gap());
    }
    if (pushed.empty() || chance(62)) {
        Decimal& known = prices_[{account, kEthUsdt}];
        const bool wrong = chance(2);
        const Price price = wrong ? wrong_price(known) : next_price(known, "0.01"_dec);
        if (!wrong) known = price.value;
        const bool gap = chance(2);
        const Duration after = gap         ? Duration{std::chrono::hours{1 + roll(30)}}
                               : chance(4) ? Duration{std::chrono::minutes{5}}
                                           : kTickEvery;
        step.what = fmt::format("{} ETH/USDT {}{}", to_text(account), price.value.text(),
                                gap ? " after a gap" : "");
        desk_.tick_after(after, price, account, gap);
    } else {
        const Pair pair = any_of(pushed);
        Decimal& known = prices_[{account, pair}];
        const Price price =
            next_price(known, desk_.world().catalogues.at("paper").pairs.at(pair).tick);
        known = price.value;
        step.what = fmt::format("{} {} {}", to_text(account), pair.text(), price.value.text());
        desk_.push(pair, price.value.text(), account);
    }
    look(step);
}

void EngineWorld::restart() {
    ++seen_["restart"];
    const bool same = desk_.restart();
    EngineStep step{desk_, StepKind::Restart, "restart", false, {}};
    if (!same) return fail("a restart changed the world\n" + desk_.difference());
    look(step);
}

void EngineWorld::send(const std::string& name, const ports::Command& command, StepKind kind) {
    const std::string key = chance(30) ? fmt::format("k{}", ++keys_) : "";
    const bool dry_run = chance(8);
    const auto error = desk_.apply(command, key, dry_run);
    ++seen_[name + (dry_run ? " tried" : error ? " refused" : " done")];
    EngineStep step{desk_,
                    kind,
                    name + (error ? ": " + error->message() : ""),
                    error.has_value() || dry_run,
                    {}};
    look(step);
}

void EngineWorld::command() {
    const std::uint64_t which = roll(100);
    if (which < 40) return money_command();
    if (which < 65) return hold_command();
    if (which < 75) return settings_command();
    if (which < 86) return wallet_command();
    position_command();
}

void EngineWorld::money_command() {
    const VaultId id = any_vault();
    const ledger::VaultBooks& books = desk_.books(id);
    const auto split = [&](Decimal quiet, Decimal flash) {
        const bool both = chance(30);
        const bool first = chance(40);
        return std::pair{both || first ? amount(quiet) : kZero,
                         both || !first ? amount(flash) : kZero};
    };
    switch (roll(7)) {
        case 0: return send("set_tradeable", cmd::SetTradeable{id, amount(books.total())});
        case 1:
        case 2: {
            const auto [quiet, flash] = split(books.unallocated(), books.unallocated());
            return send("allocate", cmd::Allocate{id, quiet, flash});
        }
        case 3: {
            const Decimal all = books.balance(SleeveKind::Quiet) + books.balance(SleeveKind::Flash);
            return send("release", cmd::Release{id, amount(all)});
        }
        case 4: {
            const auto [quiet, flash] =
                split(books.balance(SleeveKind::Quiet), books.balance(SleeveKind::Flash));
            return send("unallocate", cmd::Unallocate{id, quiet, flash});
        }
        case 5:
            return send(
                "reserve",
                cmd::SetReserve{id, chance(30) ? std::nullopt : std::optional{amount("20"_dec)}});
        default: {
            const auto mode = static_cast<cmd::AutoRaiseMode>(roll(3));
            const auto cap = chance(50) ? std::nullopt : std::optional{amount(books.total())};
            return send("auto_raise", cmd::SetAutoRaise{id, mode, amount("50"_dec), cap});
        }
    }
}

void EngineWorld::hold_command() {
    const cmd::Target target = any_target();
    // Lives that never run again show nothing: what is held is resumed more often than not.
    switch (roll(9)) {
        case 0:
        case 1: return send("pause", cmd::Pause{target, "lunch"});
        case 2: return send("halt", cmd::Halt{target, "fire"});
        case 3: return send("liquidate", cmd::Liquidate{target, "out"});
        case 4: return send("resume", cmd::Resume{daemon_target(), ""});
        case 5: return send("resume", cmd::Resume{user_target("ann"), ""});
        case 6: return send("resume", cmd::Resume{vault_target(any_vault()), ""});
        default: {
            const VaultId id = any_vault();
            for (const SleeveKind kind : kSleeveKinds)
                if (failure_.empty()) send("resume", cmd::Resume{sleeve_target(id, kind), ""});
        }
    }
}

void EngineWorld::caps_command() {
    if (chance(20)) {
        if (chance(50))
            desk_.configure(chance(40) ? risk::Caps{} : any_daemon_caps());
        else
            desk_.configure(chance(40) ? risk::OrderRules{} : any_order_rules());
        return look({desk_, StepKind::Command, "configure", false, {}});
    }
    if (chance(40))
        return send("set_user_caps",
                    cmd::SetCaps{user_target("ann"), any_caps(risk::Level::User), chance(90)});
    send("set_vault_caps",
         cmd::SetCaps{vault_target(any_vault()), any_caps(risk::Level::Vault), chance(90)});
}

void EngineWorld::settings_command() {
    if (chance(35)) return caps_command();
    const VaultId id = any_vault();
    if (chance(60))
        return send("set_sleeve",
                    cmd::SetSleeve{id, any_sleeve(), any_settings(), /*apply_to_open=*/chance(30)});
    const Pair pair = any_of<Pair>({kEthUsdt, kBtcUsdt, kEthUsdc, kEthBtc});
    if (chance(60)) return send("add_pair", cmd::SetPairs{id, {pair}, {}, false});
    send("remove_pair", cmd::SetPairs{id, {}, {pair}, false});
}

void EngineWorld::wallet_command() {
    if (chance(35)) return hand_trade();
    const AccountId account = any_account();
    const Asset which = any_of<Asset>({asset("USDT"), asset("USDC"), asset("BTC"), asset("ETH")});
    const Decimal there = desk_.venue(account).balance(which).total();
    const Decimal about = chance(70) ? mul(there, "0.2"_dec, Rounding::Down).value() : there;
    const Decimal signed_amount = chance(55) ? amount(max(about, "1"_dec)) : -amount(about);
    send(signed_amount.is_negative() ? "withdraw" : "deposit",
         cmd::PaperFunding{account, which, signed_amount}, StepKind::Wallet);
}

void EngineWorld::hand_trade() {
    const AccountId account = any_account();
    const Pair pair = any_of<Pair>({kEthUsdt, kEthUsdt, kBtcUsdt, kEthUsdc, kEthBtc});
    const Side side = chance(70) ? Side::Sell : Side::Buy;
    Decimal about = "0.1"_dec;
    for (const VaultId id : desk_.world().accounts[account.value - 1].vaults) {
        const ledger::Position* position = desk_.books(id).position(any_sleeve(), pair.base);
        if (position != nullptr && chance(80)) about = position->coins();
    }
    const Decimal lot = desk_.world().catalogues.at("paper").pairs.at(pair).lot;
    const Decimal quantity = round_step(chance(60) ? about : amount(about), lot, Rounding::Floor);
    const auto price = chance(80)
                           ? std::nullopt
                           : std::optional{next_price(prices_[{account, pair}], "0.00001"_dec)};
    send(side == Side::Sell ? "hand_sell" : "hand_buy",
         cmd::PaperTrade{account, pair, side, Quantity{quantity}, price}, StepKind::Wallet);
}

void EngineWorld::position_command() {
    const VaultId id = any_vault();
    const SleeveKind kind = any_sleeve();
    switch (roll(5)) {
        case 0: return send("write_down", cmd::WriteDown{id, kind, std::nullopt}, StepKind::Wallet);
        case 1: return send("refresh", cmd::RefreshVault{id});
        case 2: return adopt(id, kind);
        default: break;
    }
    // Whatever needs a decision somewhere gets one, so that lives go on.
    for (const Vault& vault : desk_.world().vaults)
        for (const Sleeve& sleeve : vault.sleeves)
            for (const PairSlot& slot : sleeve.slots) {
                if (slot.attention.empty()) continue;
                const auto as = static_cast<cmd::ResolvePosition::As>(roll(3));
                const auto price =
                    chance(80) ? std::optional{Price{prices_[{vault.row.account, slot.pair}]}}
                               : std::nullopt;
                return send("resolve",
                            cmd::ResolvePosition{vault.row.id, sleeve.kind, slot.pair, as, price},
                            StepKind::Wallet);
            }
    send("resolve",
         cmd::ResolvePosition{id, kind, std::nullopt, cmd::ResolvePosition::As::Kept, std::nullopt},
         StepKind::Wallet);
}

// As many coins as the wallet has, or a part of them: what a vault explains is refused.
void EngineWorld::adopt(VaultId id, SleeveKind kind) {
    const std::vector<Pair>& pairs = desk_.vault(id).pairs;
    if (pairs.empty()) return send("refresh", cmd::RefreshVault{id});
    const Pair pair = any_of(pairs);
    const AccountId account = desk_.vault(id).row.account;
    if (chance(30)) {
        const bool own = chance(70);
        return send("attribute",
                    cmd::Attribute{account, own ? pair.quote : pair.base,
                                   chance(80) ? std::optional{id} : std::nullopt,
                                   chance(50) ? std::nullopt : std::optional{amount("50"_dec)}},
                    StepKind::Wallet);
    }
    const Decimal quantity = amount(desk_.venue(account).balance(pair.base).total());
    const auto worth = mul(quantity, prices_[{account, pair}], Rounding::Up).value();
    const auto cost =
        mul(worth, dec(any_of<std::string>({"1", "1", "1.1", "0.01", "7", "400"})), Rounding::Up);
    if (!cost) return;
    send("adopt", cmd::AdoptPosition{id, kind, pair, Quantity{quantity}, cost.value(), chance(80)},
         StepKind::Wallet);
}

void EngineWorld::count_rows() {
    for (const ports::EntryRow& row : desk_.last().entries)
        ++seen_["entry " + row.kind];
    for (const ports::OrderRow& row : desk_.last().orders)
        ++seen_["order " + std::string{to_text(row.state)}];
    for (const ports::EventRow& row : desk_.last().events)
        ++seen_["event " + row.type];
    for (const ports::AllocationRow& row : desk_.last().allocations)
        ++seen_["allocation " + row.kind];
    for (const ports::DecisionRow& row : desk_.last().decisions) {
        ++seen_["decision " + row.check + " " + row.reason];
        if (row.reason == "caps") {
            ++seen_["cap " + figure_of(row, "cap")];
            ++seen_["cap of " + figure_of(row, "cap_level")];
        }
    }
    for (const ports::EventRow& row : desk_.last().events)
        if (row.type == "cap_tripped")
            ++seen_["tripped " + row.message.substr(0, row.message.find(':'))];
    for (const ports::FillRow& row : desk_.last().fills)
        if (row.reason == "manual") ++seen_["fill manual"];
    seen_["cycle"] += desk_.last().cycles.size();
    seen_["day_close"] += desk_.last().day_closes.size();
}

void EngineWorld::look(const EngineStep& step) {
    log_.push_back(step.what);
    if (log_.size() > 12) log_.pop_front();
    count_rows();
    for (NamedWatcher& each : watchers_) {
        const std::string bad = each.watch(step);
        if (!bad.empty()) return fail(std::string{each.name} + ": " + bad);
    }
}

void EngineWorld::fail(const std::string& what) {
    if (!failure_.empty()) return;
    failure_ = fmt::format(
        "{} (seed {}, run it with VAULT_PROPERTY_SEED={} "
        "VAULT_PROPERTY_SEQUENCES=1)\nthe last steps:\n",
        what, seed_, seed_);
    for (const std::string& line : log_)
        failure_ += "  " + line + '\n';
}

std::string run_lives(const Lives& lives, std::string_view watcher,
                      std::map<std::string, std::uint64_t>* seen) {
    for (std::uint64_t i = 0; i < lives.count; ++i) {
        EngineWorld world{lives.first_seed + i};
        for (NamedWatcher& each : engine_watchers())
            if (watcher.empty() || each.name == watcher) world.watch(std::move(each));
        const bool good = world.run(lives.steps);
        if (seen != nullptr)
            for (const auto& [name, count] : world.seen())
                (*seen)[name] += count;
        if (!good) return world.failure();
    }
    return {};
}

}  // namespace vault::engine::test
