#include "daemon/engine/shard.hpp"

#include "daemon/engine/audit_note.hpp"
#include "daemon/engine/event_log.hpp"
#include "daemon/engine/level_watch.hpp"
#include "daemon/engine/pair_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vault::engine {
namespace {

constexpr std::size_t kTicksPerSlice = 256;
constexpr auto kForgetEvery = std::chrono::minutes{1};

namespace cmd = ports::cmd;

// Which accounts and users a command may change.
struct Footprint {
    const World& world;
    std::vector<AccountId> out;
    const User* user = nullptr;
    std::optional<AccountId> keys_of;  // whose keys and policies

    void add(AccountId id) { out.push_back(id); }
    void add(VaultId id) {
        if (id.value >= 1 && id.value <= world.vaults.size())
            out.push_back(world.vaults[id.value - 1].row.account);
    }
    void add(const cmd::Target& target) {
        switch (target.level) {
            case cmd::Target::Level::Sleeve:
            case cmd::Target::Level::Vault: add(target.vault); break;
            case cmd::Target::Level::User:
                user = world.user_called(target.user);
                for (const Account& account : world.accounts)
                    if (user != nullptr && account.row.user == user->row.id) add(account.row.id);
                break;
            case cmd::Target::Level::Daemon:
                for (const Account& account : world.accounts)
                    add(account.row.id);
                break;
        }
    }
    void add(ApiKeyId id) {
        if (id.value >= 1 && id.value <= world.api_keys.size())
            keys_of = world.api_keys[id.value - 1].account;
    }
    void operator()(const cmd::ListPresets&) {}
    void operator()(const cmd::AddKey& c) { keys_of = c.account; }
    void operator()(const cmd::SetKeyPolicy& c) {
        if (c.vault.value >= 1 && c.vault.value <= world.vaults.size())
            keys_of = world.vaults[c.vault.value - 1].row.account;
    }
    void operator()(const cmd::CancelJob& c) {
        const Job* const job = world.jobs.find(c.job);
        if (job == nullptr) return;
        if (const auto vault = parse_vault_id(job->object)) return add(vault.value());
        add(parse_account_id(job->object).value());
    }
    template <class C>
    void operator()(const C& c) {
        if constexpr (requires { c.target; }) {
            add(c.target);
        } else if constexpr (requires { c.owner; }) {
            user = world.user_called(c.owner);
        } else if constexpr (requires { ApiKeyId{c.key}; }) {
            add(c.key);
        } else if constexpr (requires { c.name; }) {
            user = world.user_called(c.name);
        } else if constexpr (requires { VaultId{c.vault}; }) {
            add(c.vault);
        } else if constexpr (requires { AccountId{c.account}; }) {
            add(c.account);
        }
    }
};

bool is_housekeeping(const ports::Command& command) {
    if (std::holds_alternative<cmd::SettleDelivery>(command)) return true;
    if (std::holds_alternative<cmd::Raise>(command)) return true;
    if (const auto* settled = std::get_if<cmd::SettleHistory>(&command)) return !settled->found;
    const auto* change = std::get_if<cmd::ChangeIdentity>(&command);
    return change != nullptr && change->housekeeping;
}

bool keeps_nothing(const ports::Command& command) {
    const auto* change = std::get_if<cmd::ChangeIdentity>(&command);
    return change != nullptr && change->once;
}

}  // namespace

struct Shard::AccountBackup {
    ports::AccountRow row;
    exchange::SimVenue venue;
    std::vector<VaultId> vaults;
    ReplayState state;
    std::optional<UtcTime> until;
    bool dirty;
    UtcTime now;
    UtcTime paced_from;
    SteadyTime paced_at;
    bool removed;
};

struct Shard::Backup {
    std::size_t users, accounts, vaults, markets, api_keys;
    std::vector<User> changed_users;
    std::vector<AccountBackup> changed_accounts;
    std::vector<Vault> changed_vaults;
    std::vector<ports::ApiKeyRow> changed_keys;
    std::map<VaultId, std::optional<ports::KeyPolicyRow>> changed_policies;
    Hold daemon_hold;
    WideRisk daemon_risk;
    bool sums_rebuilt = false;  // by a change of caps: they are of more vaults than are kept here
};

Shard::Shard(ShardId id, EngineOptions options, ports::FeedFactory& feeds, const Clock& clock,
             Logger& logger)
    : id_(id), options_(std::move(options)), feeds_(feeds), clock_(clock), logger_(logger) {
    world_.catalogues.find(kPaper)->second.pairs = options_.catalogue;
    world_.risk_asset = options_.risk_asset;
    world_.order_rules = options_.order_rules;
}

void Shard::configure(const EngineOptions& options) {
    options_.paper = options.paper;
    options_.price_snapshot_every = options.price_snapshot_every;
    options_.batch_rows_max = options.batch_rows_max;
    options_.reply_life = options.reply_life;
    options_.alerts = options.alerts;
    options_.accounts_per_user = options.accounts_per_user;
    options_.vaults_per_user = options.vaults_per_user;
    options_.keys_per_account = options.keys_per_account;
    options_.daemon_caps = options.daemon_caps;
    options_.order_rules = world_.order_rules = options.order_rules;
    options_.catalogue = options.catalogue;
    PairWatch{world_, recorder_}.follow(kPaper, options_.catalogue, clock_.now());
    if (world_.daemon_risk.caps != options_.daemon_caps)
        LevelWatch{world_, recorder_}.set_caps({}, options_.daemon_caps, newest_time(world_, {}));
}

Shard::Backup Shard::back_up(const ports::Command& command, bool dry_run) const {
    Backup backup{world_.users.size(),
                  world_.accounts.size(),
                  world_.vaults.size(),
                  world_.markets.size(),
                  world_.api_keys.size(),
                  {},
                  {},
                  {},
                  {},
                  {},
                  world_.daemon_hold,
                  world_.daemon_risk,
                  std::holds_alternative<cmd::SetCaps>(command)};
    Footprint footprint{world_, {}, {}, {}};
    std::visit([&](const auto& c) { footprint(c); }, command);
    if (footprint.keys_of) back_up_keys(*footprint.keys_of, backup);
    if (footprint.user != nullptr) backup.changed_users.push_back(*footprint.user);
    // A pause or halt of many accounts cannot be refused once its target is found, so only a dry
    // run backs it up. A resume can.
    const bool sure =
        std::holds_alternative<cmd::Pause>(command) || std::holds_alternative<cmd::Halt>(command);
    if (sure && footprint.out.size() > 16 && !dry_run) footprint.out.clear();
    for (const AccountId id : footprint.out) {
        if (id.value < 1 || id.value > world_.accounts.size()) continue;
        const Account& account = world_.accounts[id.value - 1];
        backup.changed_accounts.push_back(
            {account.row, account.venue, account.vaults, account.replay.state, account.replay.until,
             account.dirty, world_.market_of(account).now, account.replay.paced_from,
             account.replay.paced_at, account.removed});
        for (const VaultId vault : account.vaults)
            backup.changed_vaults.push_back(world_.vaults[vault.value - 1]);
    }
    return backup;
}

void Shard::back_up_keys(AccountId account, Backup& backup) const {
    for (const ports::ApiKeyRow& row : world_.api_keys)
        if (row.account == account) backup.changed_keys.push_back(row);
    if (account.value < 1 || account.value > world_.accounts.size()) return;
    for (const VaultId vault : world_.accounts[account.value - 1].vaults) {
        const auto at = world_.key_policies.find(vault);
        backup.changed_policies[vault] =
            at == world_.key_policies.end() ? std::nullopt : std::optional{at->second};
    }
}

void Shard::restore(Backup&& backup) {
    world_.api_keys.resize(backup.api_keys);
    for (ports::ApiKeyRow& row : backup.changed_keys)
        *world_.find_api_key(row.id) = std::move(row);
    for (const auto& [vault, policy] : backup.changed_policies) {
        if (policy)
            world_.key_policies[vault] = *policy;
        else
            world_.key_policies.erase(vault);
    }
    while (world_.users.size() > backup.users)
        world_.users.pop_back();
    while (world_.vaults.size() > backup.vaults)
        world_.vaults.pop_back();
    while (world_.accounts.size() > backup.accounts) {
        const Account& undone = world_.accounts.back();
        std::erase(world_.market_of(undone).accounts, undone.row.id);
        world_.accounts.pop_back();
    }
    while (world_.markets.size() > backup.markets)
        world_.markets.pop_back();
    for (User& user : backup.changed_users)
        *world_.find_user(user.row.id) = std::move(user);
    for (Vault& vault : backup.changed_vaults)
        *world_.find_vault(vault.row.id) = std::move(vault);
    std::vector<AccountId> ids;
    for (AccountBackup& from : backup.changed_accounts) {
        Account& account = *world_.find_account(from.row.id);
        account.row = std::move(from.row);
        account.hold = world_.hold_of(account);
        account.venue = std::move(from.venue);
        account.vaults = std::move(from.vaults);
        account.replay.state = from.state;
        account.replay.until = from.until;
        account.replay.paced_from = from.paced_from;
        account.replay.paced_at = from.paced_at;
        account.removed = from.removed;
        account.dirty = from.dirty;
        world_.market_of(account).now = from.now;
        ids.push_back(account.row.id);
    }
    world_.daemon_hold = backup.daemon_hold;
    world_.daemon_risk = std::move(backup.daemon_risk);
    if (backup.sums_rebuilt) {
        rebuild_sums(world_, recorder_);
        list_watched(world_);
    }
    rebind(ids);
}

void Shard::rebind(const std::vector<AccountId>& accounts) {
    MarketRunner runner{world_, recorder_, options_.price_snapshot_every};
    for (const AccountId id : accounts) {
        const auto done = runner.rebind(*world_.find_account(id));
        VAULT_CHECK(done.has_value(), "an open feed can be read again");
    }
    scripts_changed_ = true;
}

Result<Shard::Applied> Shard::apply(const ports::CallContext& context,
                                    const ports::Command& command, ports::Render render) {
    if (mutates(command)) {
        auto done = change(context, command, render);
        if (!done && !context.dry_run) note_refusal(context, command, done.error());
        return done;
    }
    Recorder none;
    Commander commander{world_, none, options_, feeds_, clock_, context};
    VAULT_TRY(const ports::View view, commander.apply(command));
    return Applied{render(view)};
}

// What was tried and failed counts all the same.
void Shard::note_refusal(const ports::CallContext& context, const ports::Command& command,
                         const Error& refusal) {
    Recorder noted;
    noted.rows().audits.push_back(refused_note(world_, context, command, refusal, clock_.now()));
    if (const auto* change = std::get_if<cmd::ChangeIdentity>(&command);
        change != nullptr && change->refusal)
        noted.rows().identity = change->rows;
    recorder_.append(std::move(noted));
}

Result<Shard::Applied> Shard::change(const ports::CallContext& context,
                                     const ports::Command& command, ports::Render render) {
    const bool keyed = !context.dry_run && !context.idem_key.empty();
    if (keyed) {
        if (auto known = find_reply(context)) return std::move(*known);
    }
    Recorder scratch;
    Commander commander{world_, scratch, options_, feeds_, clock_, context};
    settle_jobs(world_, recorder_, clock_.now());
    Backup backup = back_up(command, context.dry_run);
    const Result<ports::View> view = commander.apply(command);
    if (!view || context.dry_run) {
        Result<Applied> answer =
            view ? Result<Applied>{Applied{render(view.value())}} : view.error();
        restore(std::move(backup));
        return answer;
    }
    for (const Vault& before : backup.changed_vaults)
        LevelWatch{world_, scratch}.settle(*world_.find_vault(before.row.id));
    Applied applied{render(view.value())};
    if (keyed) remember_reply(context, keeps_nothing(command) ? "" : applied.reply_json, scratch);
    if (!is_housekeeping(command)) {
        scratch.rows().audits.push_back(
            applied_note(world_, context, command, view.value(), clock_.now()));
        if (!commander.told().empty()) scratch.rows().audits.back().message = commander.told();
    }
    recorder_.append(std::move(scratch));
    rebind(commander.to_rebind());
    for (const AccountId id : commander.to_rebind()) {
        Account& account = *world_.find_account(id);
        recorder_.touch(account);  // a pair that is gone takes its price along
        settle_overdue(account);
    }
    return applied;
}

std::optional<SteadyTime> Shard::due_at(const Account& account) const {
    const Replay& replay = account.replay;
    if (replay.state != ReplayState::Running || replay.feed == nullptr) return std::nullopt;
    if (world_.waits_for_scripts(world_.market_of(account))) return std::nullopt;
    if (!replay.speed) return SteadyTime{0};
    const auto next = replay.feed->peek_time();
    if (!next) return SteadyTime{0};
    const auto virtual_ms = Decimal::from_int((*next - replay.paced_from).count());
    const auto real_ms = div(virtual_ms, *replay.speed, Rounding::Down);
    if (!real_ms) return std::nullopt;  // beyond any life time
    constexpr Decimal::Raw kNanosecond = Decimal::kOne / 1'000'000;
    return replay.paced_at +
           SteadyTime{static_cast<std::int64_t>(real_ms.value().raw() / kNanosecond)};
}

std::optional<SteadyTime> Shard::next_due() const {
    std::optional<SteadyTime> soonest;
    for (const Account& account : world_.accounts) {
        const auto due = due_at(account);
        if (due && (!soonest || *due < *soonest)) soonest = due;
    }
    return soonest;
}

// True if the account could go on at once.
bool Shard::run_account(Account& account, std::size_t ticks_max) {
    MarketRunner runner{world_, recorder_, options_.price_snapshot_every};
    Replay& replay = account.replay;
    Market& market = world_.market_of(account);
    show_again(account);
    bool more = market.awaited == 0;
    for (std::size_t i = 0; i < ticks_max && more; ++i) {
        const auto next = replay.feed->peek_time();
        if (!next) {
            end_replay(world_, recorder_, account, ReplayState::Finished);
            more = false;
        } else if (replay.until && *next > *replay.until) {
            runner.advance_clock(market, *replay.until);
            replay.state = ReplayState::Ready;
            more = false;
        } else if (replay.speed && *due_at(account) > clock_.steady()) {
            more = false;
        } else {
            const auto tick = replay.feed->next();
            runner.on_tick(market, replay.source.pair, *tick);
            more = market.awaited == 0;
        }
    }
    touch_all(account);
    return more;
}

// Ticks move the clock, the venue, trackers and timers.
void Shard::touch_all(Account& account) {
    recorder_.touch(account);
    for (const VaultId id : account.vaults)
        for (Sleeve& sleeve : world_.find_vault(id)->sleeves)
            recorder_.touch(*world_.find_vault(id), sleeve);
}

bool Shard::run_replays(SteadyTime until) {
    bool any = true;
    while (any && !batch_full() && clock_.steady() < until) {
        any = false;
        for (std::size_t i = 0; i < world_.accounts.size(); ++i) {
            next_account_ = (next_account_ + 1) % world_.accounts.size();
            Account& account = world_.accounts[next_account_];
            const auto due = due_at(account);
            if (!due || *due > clock_.steady()) continue;
            any = run_account(account, kTicksPerSlice) || any;
            if (batch_full() || clock_.steady() >= until) break;
        }
    }
    const auto due = next_due();
    return due && *due <= clock_.steady();
}

void Shard::push_tick(std::uint32_t market, const Pair& pair, const Tick& tick) {
    MarketRunner{world_, recorder_, options_.price_snapshot_every}.on_tick(world_.markets[market],
                                                                           pair, tick);
    for (const AccountId id : world_.markets[market].accounts)
        touch_all(*world_.find_account(id));
}

void Shard::push_price(std::string_view exchange, const Pair& pair, const Tick& tick) {
    Market* const market = world_.live_market(exchange);
    if (market == nullptr) return;
    MarketRunner{world_, recorder_, options_.price_snapshot_every}.on_tick(*market, pair, tick);
}

Result<void> Shard::recall_prices(const PriceRead& read) {
    for (const auto& wanted : MarketRunner::past_wanted(world_, clock_.now())) {
        VAULT_TRY(const std::vector<ports::PriceRow> rows,
                  read(wanted.account, wanted.pair, wanted.since));
        MarketRunner::fold_past(world_, wanted, rows);
    }
    return success();
}

void Shard::keep_time() {
    std::optional<UtcTime> newest;
    for (const Market& market : world_.markets)
        if (!market.exchange.empty()) newest = std::max(newest.value_or(market.now), market.now);
    if (!newest) return;
    const UtcTime now = live_clock_.now(clock_, *newest);
    MarketRunner runner{world_, recorder_, options_.price_snapshot_every};
    for (Market& market : world_.markets)
        if (!market.exchange.empty() && now > market.now) runner.advance_clock(market, now);
}

void Shard::push_rules(std::string_view exchange, const std::map<Pair, PairRules>& rules) {
    PairWatch{world_, recorder_}.follow(exchange, rules, clock_.now());
}

// What was told is read off the alerts at load: a store that stays full is told once, however often
// the daemon starts.
void Shard::tell_of_buys(const std::string& why) {
    if (told_no_buys_ == !why.empty()) return;
    told_no_buys_ = !why.empty();
    recorder_.event({{}, {}, Mode::Paper, "engine"}, clock_.now(),
                    told_no_buys_ ? "alert" : "warning",
                    std::string{told_no_buys_ ? kBuysStopped : kBuysGoOn}, "",
                    told_no_buys_ ? "nothing is bought: " + why : "what stopped buys is over");
}

void Shard::stop_buys(std::string why) {
    tell_of_buys(why);
    if (world_.no_buys == why) return;
    world_.no_buys = std::move(why);
    SleeveTrader trader{world_, recorder_};
    for (Vault& vault : world_.vaults)
        for (Sleeve& sleeve : vault.sleeves)
            trader.refresh(vault, sleeve);
}

void Shard::watch_idle() {
    idle_watch_.look(world_, recorder_, options_.alerts.idle_after, clock_.steady(), clock_.now());
}

ports::Batch Shard::close_batch() {
    settle_jobs(world_, recorder_, clock_.now());
    LevelWatch{world_, recorder_}.settle();
    ports::Batch batch = recorder_.close(world_);
    last_event_ = write_event_log(batch, world_, last_event_);
    raise_alerts(batch, world_, options_.alerts, clock_.now());
    ports::seal(batch.audits, audit_);
    ++last_batch_.value;
    batch.shard = id_;
    batch.n = last_batch_;
    batch.epoch = epoch_;
    forget_replies();
    return batch;
}

std::optional<Result<Shard::Applied>> Shard::find_reply(const ports::CallContext& context) const {
    const auto known = world_.replies.find(reply_key(context.actor, context.idem_key));
    if (known == world_.replies.end()) return std::nullopt;
    const KnownReply& reply = known->second;
    if (clock_.now() - reply.at >= options_.reply_life) return std::nullopt;
    if (reply.request != context.request)
        return Error{Errc::IdemMismatch, "this idempotency key was used for another request",
                     "idem_key", "use a new key for a new request"};
    if (reply.reply_json && reply.reply_json->empty()) return not_repeatable();
    return Applied{reply.reply_json.value_or(std::string{}), true, !reply.reply_json};
}

void Shard::remember_reply(const ports::CallContext& context, const std::string& reply_json,
                           Recorder& recorder) {
    const UtcTime now = clock_.now();
    const Digest key = reply_key(context.actor, context.idem_key);
    recorder.rows().replies.push_back(
        {context.actor, context.idem_key, context.request, reply_json, now});
    world_.replies.insert_or_assign(key, KnownReply{context.request, now, reply_json});
    fresh_replies_.emplace_back(BatchNo{last_batch_.value + 1}, key);
}

void Shard::on_durable(BatchNo n) {
    while (!fresh_replies_.empty() && fresh_replies_.front().first <= n) {
        const auto known = world_.replies.find(fresh_replies_.front().second);
        if (known != world_.replies.end()) known->second.reply_json.reset();
        fresh_replies_.pop_front();
    }
}

void Shard::forget_replies() {
    if (clock_.steady() - replies_forgotten_ < kForgetEvery) return;
    replies_forgotten_ = clock_.steady();
    const UtcTime oldest = clock_.now() - options_.reply_life;
    std::erase_if(world_.replies, [&](const auto& reply) { return reply.second.at <= oldest; });
}

}  // namespace vault::engine
