#include "daemon/engine/turn_loop.hpp"

#include "daemon/engine/event_log.hpp"
#include "daemon/engine/planted_bug.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vault::engine {
namespace {

constexpr auto kSlice = std::chrono::milliseconds{20};   // of replay work per turn
constexpr auto kUrgent = std::chrono::milliseconds{40};  // a halt answers after it at the latest
constexpr SteadyTime kHealthEvery = std::chrono::milliseconds{500};
constexpr SteadyTime kSoonest = std::chrono::milliseconds{1};
constexpr std::size_t kCommandsPerTurn = 256;
constexpr std::uint32_t kFailuresWhileDraining = 3;

Error busy(std::string message) {
    return Error{Errc::Busy, std::move(message), {}, "nothing was done; try again in a second"};
}

Error store_refused(const std::string& why) {
    return Error{Errc::StoreFailed,
                 "the store refused the change: " + why,
                 {},
                 "nothing was done; see vaultctl health, then try again"};
}

// What cannot be written down must not be bought, nor on books that are not right; exits go on.
std::string why_no_buys(const ports::StoreHealth& health) {
    if (health.buys_stopped) return "the store's disk is almost full";
    if (health.full_check_failed) return "the full check found the books not right";
    return {};
}

std::optional<ports::cmd::Target> held_by(const ports::Command& command) {
    if (const auto* pause = std::get_if<ports::cmd::Pause>(&command)) return pause->target;
    if (const auto* halt = std::get_if<ports::cmd::Halt>(&command)) return halt->target;
    return std::nullopt;
}

// A resume lifts the hold of its own level and target, and no other.
bool is_same(const ports::cmd::Target& a, const ports::cmd::Target& b) {
    using Level = ports::cmd::Target::Level;
    if (a.level != b.level) return false;
    switch (a.level) {
        case Level::Sleeve: return a.vault == b.vault && a.sleeve == b.sleeve;
        case Level::Vault: return a.vault == b.vault;
        case Level::User: return a.user == b.user;
        case Level::Daemon: return true;
    }
    return true;
}

}  // namespace

TurnLoop::TurnLoop(Scheduler& scheduler, ports::Store& store, MakeShard make_shard, ShardId shard,
                   DriverOptions options, const Clock& clock, Logger& logger)
    : scheduler_(scheduler),
      store_(store),
      make_shard_(std::move(make_shard)),
      shard_id_(shard),
      options_(options),
      clock_(clock),
      logger_(logger) {}

Result<void> TurnLoop::start() {
    VAULT_TRYV(load_shard());
    progress_.last_turn_ns = clock_.steady().count();
    schedule_turn();
    arm_alarm();
    return success();
}

void TurnLoop::configure(const DriverOptions& options, const EngineOptions& shard) {
    options_ = options;
    if (shard_ != nullptr) shard_->configure(shard);
    schedule_turn();
}

void TurnLoop::call(ports::CallContext context, ports::Command command, ports::Render render,
                    Answer answer) {
    const bool urgent = context.reserved && mutates(command);
    if (!context.reserved && commands_.size() >= options_.commands_max)
        return answer(busy("too many commands are waiting"));
    Waiting waiting{std::move(context), std::move(command), render, std::move(answer)};
    if (urgent && !waiting.context.dry_run) refuse_overtaken_resumes(waiting.command);
    (urgent ? urgent_ : commands_).push_back(std::move(waiting));
    schedule_turn();
}

void TurnLoop::price(ports::LivePrice price) {
    Tick& newest = prices_[{std::move(price.exchange), price.pair}];
    const bool gap = newest.gap || price.tick.gap;
    newest = price.tick;
    newest.gap = gap;
    schedule_turn();
}

void TurnLoop::rules(std::string exchange, std::vector<PairRules> rules) {
    auto& told = listings_[std::move(exchange)];
    told.clear();
    for (PairRules& each : rules)
        told.insert_or_assign(each.pair, each);
    listings_told_ = false;
    schedule_turn();
}

void TurnLoop::take_prices() {
    if (!std::exchange(listings_told_, true))
        for (const auto& [exchange, rules] : listings_)
            shard_->push_rules(exchange, rules);
    for (const auto& [from, tick] : std::exchange(prices_, {}))
        shard_->push_price(from.first, from.second, tick);
}

// A pause or halt goes before everything that waits. A resume that was asked for earlier must not
// undo it afterwards; one of anything else goes on, it may be another user's.
void TurnLoop::refuse_overtaken_resumes(const ports::Command& hold) {
    const std::optional<ports::cmd::Target> held = held_by(hold);
    if (!held) return;
    std::erase_if(commands_, [&](Waiting& waiting) {
        const auto* resume = std::get_if<ports::cmd::Resume>(&waiting.command);
        if (resume == nullptr || !is_same(resume->target, *held)) return false;
        waiting.answer(Error{Errc::WrongState,
                             "a pause or halt that came later goes first",
                             {},
                             "nothing was done; resume again if that is still meant"});
        return true;
    });
}

void TurnLoop::schedule_turn() {
    if (std::exchange(turn_scheduled_, true)) return;
    scheduler_.post([this] { turn(); });
}

bool TurnLoop::behind() const {
    return in_flight_.size() >= options_.batches_ahead_max ||
           (!in_flight_.empty() &&
            clock_.steady() - in_flight_.front().second > options_.ahead_max);
}

void TurnLoop::note_unsaved() {
    progress_.unsaved_since_ns = in_flight_.empty() ? 0 : in_flight_.front().second.count();
}

// The batch that what happens now belongs to.
BatchNo TurnLoop::open_batch() const {
    return BatchNo{shard_->last_batch().value + (shard_->batch_empty() ? 0U : 1U)};
}

void TurnLoop::turn() {
    turn_scheduled_ = false;
    progress_.last_turn_ns = clock_.steady().count();
    ++progress_.turns;
    if (shard_ != nullptr && !draining_) shard_->keep_time();
    take_commands();
    if (shard_ == nullptr) {
        release_urgent();
        return check_drained();
    }
    bool more = false;
    if (!draining_) shard_->watch_idle();
    if (!draining_ && !behind()) {
        desk_.tell_news(*shard_);
        take_prices();
        more = shard_->run_replays(clock_.steady() + kSlice);
    }
    desk_.serve(*shard_);
    if (!shard_->batch_empty() && !open_since_) open_since_ = clock_.steady();
    const bool waited = !held_.empty() && held_.back().batch > shard_->last_batch();
    const bool replaying = shard_->next_due().has_value();
    const Duration oldest = replaying ? options_.replay_batch : options_.ride_along;
    const bool old = open_since_ && clock_.steady() - *open_since_ >= oldest;
    if (!shard_->batch_empty() && !behind() && (waited || draining_ || old || shard_->batch_full()))
        submit();
    release();
    release_urgent();
    if (more || !commands_.empty() || !urgent_.empty()) schedule_turn();
    const bool soon = !shard_->batch_empty() || !held_.empty() || replaying;
    // Never later than it is: a caller every now and then must not put it off for ever.
    if (soon && wakes_at_ > clock_.steady() + kUrgent && next_alarm() < wakes_at_) arm_alarm();
    check_drained();
}

void TurnLoop::take_commands() {
    for (std::size_t i = 0; i < kCommandsPerTurn; ++i) {
        std::deque<Waiting>& from = urgent_.empty() ? commands_ : urgent_;
        if (from.empty()) return;
        Waiting next = std::move(from.front());
        from.pop_front();
        run(std::move(next));
    }
}

// Why the call is not even tried; nothing was done then.
std::optional<Error> TurnLoop::refusal(const Waiting& waiting) const {
    const ports::CallContext& context = waiting.context;
    if (context.deadline && clock_.steady() > *context.deadline)
        return Error{Errc::Expired,
                     "the deadline passed before the call started",
                     {},
                     "nothing was done; call again with more time"};
    if (shard_ == nullptr) return busy("the store cannot be read at the moment");
    if (!mutates(waiting.command) || context.reserved) return std::nullopt;
    if (draining_)
        return Error{Errc::Draining,
                     "the daemon is shutting down",
                     {},
                     "nothing was done; try again after the restart"};
    if (behind() && !context.dry_run) return busy("the store is behind");
    return std::nullopt;
}

void TurnLoop::run(Waiting waiting) {
    if (auto no = refusal(waiting)) return waiting.answer(std::move(*no));
    const ports::CallContext& context = waiting.context;
    auto applied = shard_->apply(context, waiting.command, waiting.render);
    const BatchNo batch = open_batch();
    if (!applied) {
        Held no;
        no.batch = batch;
        no.answer = std::move(waiting.answer);
        no.since = clock_.steady();
        no.refusal = std::move(applied).error();
        held_.push_back(std::move(no));
        return;
    }
    const bool changes = mutates(waiting.command) && !context.dry_run;
    const bool hold = context.reserved && changes;
    if (hold) sticky_.push_back({++last_hold_, batch, context, waiting.command, waiting.render});
    Held next = held(context, std::move(applied).value(), std::move(waiting.answer));
    next.batch = batch;
    next.since = clock_.steady();
    next.hold = hold ? last_hold_ : 0;
    next.impatient = hold || (context.reserved && !mutates(waiting.command));
    held_.push_back(std::move(next));
}

TurnLoop::Held TurnLoop::held(const ports::CallContext& context, Shard::Applied applied,
                              Answer answer) {
    Held out;
    out.reply = {std::move(applied.reply_json), applied.repeated, true};
    out.answer = std::move(answer);
    if (applied.stored) out.stored = {context.actor, context.idem_key};
    return out;
}

void TurnLoop::answer(Held held) {
    if (held.refusal) return held.answer(std::move(*held.refusal));
    if (!held.stored) return held.answer(std::move(held.reply));
    auto read = [this, reply = std::move(held.reply),
                 answer = std::move(held.answer)](Result<std::string> found) mutable {
        Result<ports::Reply> result =
            found && found.value().empty() ? Result<ports::Reply>{not_repeatable()}
            : found ? Result<ports::Reply>{ports::Reply{std::move(found).value(), reply.repeated,
                                                        reply.durable}}
                    : busy("the first reply cannot be read at the moment");
        scheduler_.post([answer = std::move(answer), result = std::move(result)]() mutable {
            answer(std::move(result));
        });
    };
    store_.read_reply(held.stored->first, held.stored->second, std::move(read));
}

void TurnLoop::submit() {
    ports::Batch batch = shard_->close_batch();
    open_since_.reset();
    in_flight_.emplace_back(batch.n, clock_.steady());
    note_unsaved();
    progress_.batch = batch.n.value;
    if (on_events && !batch.events.empty())
        untold_.emplace_back(
            batch.n, ports::EventPage{batch.events, owners_of(batch.events, shard_->world())});
    if (auto page = alerts_in(batch, shard_->world()); on_alerts && !page.rows.empty())
        unsent_.emplace_back(batch.n, std::move(page));
    keep_page(batch);
    const std::uint64_t generation = generation_;
    auto done = [this, generation](const ports::CommitReport& report) {
        scheduler_.post([this, generation, report] {
            if (generation == generation_ || VAULT_ENGINE_PLANTED(StaleReportBelieved))
                on_report(report);
        });
    };
    store_.commit(std::move(batch), std::move(done));
}

void TurnLoop::on_report(const ports::CommitReport& report) {
    switch (report.status) {
        case ports::CommitStatus::Durable:
            on_durable(report.n);
            schedule_turn();
            return;
        // The store takes no further batch until it is loaded, which also reads what became of
        // this one.
        case ports::CommitStatus::Unknown:
            return reload("a commit's outcome was lost: " + report.message, Known::No);
        case ports::CommitStatus::Failed:
            return reload("a commit failed: " + report.message, Known::Lost);
        case ports::CommitStatus::Fenced: return fenced();
    }
}

void TurnLoop::on_durable(BatchNo n) {
    durable_ = n;
    progress_.durable = durable_.value;
    while (!in_flight_.empty() && in_flight_.front().first <= durable_) {
        in_flight_.pop_front();
        ++progress_.commits;
    }
    note_unsaved();
    std::erase_if(sticky_, [&](const StickyHold& hold) { return hold.batch <= durable_; });
    if (shard_ != nullptr) shard_->on_durable(n);
    release_pages();
    release_events();
    release_alerts();
    release();
}

void TurnLoop::keep_page(const ports::Batch& batch) {
    const bool nothing = batch.users.empty() && batch.accounts.empty() && batch.vaults.empty() &&
                         batch.api_keys.empty() && batch.key_policies.empty() &&
                         batch.identity.empty() && batch.secrets.empty();
    if (nothing || !directory.changed) return;
    unlisted_.emplace_back(
        batch.n, ports::DirectoryPage{batch.users, batch.accounts, batch.vaults, batch.api_keys,
                                      batch.key_policies, batch.identity, batch.secrets});
}

void TurnLoop::release_pages() {
    while (!unlisted_.empty() && unlisted_.front().first <= durable_) {
        ports::DirectoryPage page = std::move(unlisted_.front().second);
        unlisted_.pop_front();
        directory.changed(std::move(page));
    }
}

void TurnLoop::release_events() {
    while (!untold_.empty() && untold_.front().first <= durable_) {
        ports::EventPage events = std::move(untold_.front().second);
        untold_.pop_front();
        on_events(std::move(events));
    }
}

void TurnLoop::release_alerts() {
    while (!unsent_.empty() && unsent_.front().first <= durable_) {
        ports::AlertPage alerts = std::move(unsent_.front().second);
        unsent_.pop_front();
        on_alerts(std::move(alerts));
    }
}

// The shard belongs to another writer now: nothing of ours can be committed any more, and the next
// load would take it back from him.
void TurnLoop::fenced() {
    logger_.log(LogLevel::Alert, "fenced", "another process has taken over this store; stopping");
    ++generation_;
    gave_up_ = !in_flight_.empty();
    in_flight_.clear();
    sticky_.clear();
    untold_.clear();
    unlisted_.clear();
    unsent_.clear();
    shard_.reset();
    refuse_held(store_refused("another process has taken over"));
    if (on_fenced) on_fenced();
    check_drained();
}

void TurnLoop::release() {
    while (!held_.empty() &&
           (held_.front().batch <= durable_ || VAULT_ENGINE_PLANTED(ReplyBeforeDurable))) {
        Held next = std::move(held_.front());
        held_.pop_front();
        answer(std::move(next));
    }
}

// A pause or halt bites in memory at once, and a status is needed most when the store hangs: their
// replies do not wait for a store that is behind.
void TurnLoop::release_urgent() {
    const SteadyTime now = clock_.steady();
    for (auto it = held_.begin(); it != held_.end();) {
        if (!it->impatient || now - it->since < kUrgent) {
            ++it;
            continue;
        }
        it->reply.durable = false;
        answer(std::move(*it));
        it = held_.erase(it);
    }
}

// Forgetting what is not durable is safe: none of it was released. After a lost answer it is known
// only once the store is loaded what became of the batches in flight; until then replies wait.
void TurnLoop::reload(const std::string& why, Known known) {
    logger_.log(LogLevel::Error, "shard_reload", why);
    ++generation_;
    ++progress_.reloads;
    in_flight_.clear();
    note_unsaved();
    open_since_.reset();
    shard_.reset();
    unlisted_.clear();  // the whole directory comes with the next load
    unsent_.clear();    // and all alerts
    if (VAULT_ENGINE_PLANTED(FailureSaysNothingDone)) known = Known::Lost;
    if (known == Known::Lost) refuse_lost(why);
    if (draining_ && ++failures_while_draining_ > kFailuresWhileDraining) return give_up(why);
    auto loaded = load_shard();
    down_ = !loaded;
    if (down_) {
        down_why_ = why;
        logger_.log(LogLevel::Alert, "reload_failed", loaded.error().message());
        return;
    }
    on_durable(durable_);
    // What is left never happened: its numbers are given anew.
    if (!VAULT_ENGINE_PLANTED(LostEventsTold)) untold_.clear();
    refuse_lost(why);
    restore_holds();
    logger_.log(LogLevel::Notice, "shard_reloaded",
                fmt::format("continuing after batch {}", durable_.value));
    schedule_turn();
}

Result<void> TurnLoop::load_shard() {
    VAULT_TRY(ports::Snapshot snapshot, store_.load(shard_id_));
    auto shard = make_shard_();
    VAULT_TRYV(shard->load(snapshot));
    VAULT_TRYV(shard->recall_prices([this](AccountId account, const Pair& pair, UtcTime since) {
        return store_.read_prices(account, pair, since);
    }));
    shard->stop_buys(why_no_buys(store_.health()));
    desk_.introduce(*shard);
    shard_ = std::move(shard);
    listings_told_ = listings_.empty();
    durable_ = snapshot.mark.n;
    progress_.durable = progress_.batch = durable_.value;
    if (on_alerts) on_alerts(all_alerts(shard_->world()));
    if (directory.loaded)
        directory.loaded({std::move(snapshot.users), std::move(snapshot.accounts),
                          std::move(snapshot.vaults), std::move(snapshot.api_keys),
                          std::move(snapshot.key_policies), std::move(snapshot.identity),
                          std::move(snapshot.secrets)});
    return success();
}

// Whoever waits for something that is not durable learns that it is lost; pauses and halts are not,
// they are applied anew. A status is what was seen, and says that it was not durable.
void TurnLoop::refuse_lost(const std::string& why) {
    std::erase_if(held_, [&](Held& held) {
        if (held.hold != 0) return false;
        held.reply.durable = false;
        if (held.impatient) {
            answer(std::move(held));
        } else {
            held.answer(store_refused(why));
        }
        return true;
    });
}

void TurnLoop::refuse_held(const Error& error) {
    for (Held& held : std::exchange(held_, {}))
        held.answer(error);
}

void TurnLoop::restore_holds() {
    std::deque<Held> waiting = std::exchange(held_, {});
    std::set<std::uint64_t> lost;
    if (VAULT_ENGINE_PLANTED(HoldLostOnReload) && waiting.empty()) sticky_.clear();
    for (StickyHold& hold : sticky_) {
        auto again = shard_->apply(hold.context, hold.command, hold.render);
        hold.batch = open_batch();
        const auto caller = std::find_if(waiting.begin(), waiting.end(), [&](const Held& held) {
            return held.hold == hold.number;
        });
        if (!again) {
            logger_.log(LogLevel::Alert, "hold_lost", again.error().message());
            lost.insert(hold.number);
            if (caller != waiting.end()) caller->answer(again.error());
        } else if (caller != waiting.end()) {
            Held next = held(hold.context, std::move(again).value(), std::move(caller->answer));
            next.batch = hold.batch;
            next.since = caller->since;
            next.hold = hold.number;
            held_.push_back(std::move(next));
        }
    }
    std::erase_if(sticky_, [&](const StickyHold& hold) { return lost.contains(hold.number); });
}

// Shutting down, and the store still fails: whoever waits learns that nobody knows.
void TurnLoop::give_up(const std::string& why) {
    down_ = false;
    gave_up_ = true;
    if (!sticky_.empty())
        logger_.log(LogLevel::Alert, "hold_lost", "a pause or halt could not be stored: " + why);
    sticky_.clear();
    refuse_held(Error{Errc::OutcomeUnknown,
                      "the store failed while the daemon was shutting down: " + why,
                      {},
                      "repeat the call with the same idempotency key after the restart"});
    check_drained();
}

SteadyTime TurnLoop::next_alarm() const {
    SteadyTime wait = kHealthEvery;
    if (shard_ != nullptr) {
        if (!shard_->batch_empty() || !held_.empty()) wait = kUrgent / 2;
        const auto due = draining_ ? std::nullopt : shard_->next_due();
        if (due) wait = std::clamp(*due - clock_.steady(), kSoonest, wait);
    }
    return clock_.steady() + wait;
}

void TurnLoop::arm_alarm() {
    wakes_at_ = next_alarm();
    scheduler_.wake_at(wakes_at_, [this] { on_alarm(); });
}

void TurnLoop::on_alarm() {
    if (shard_ != nullptr) shard_->stop_buys(why_no_buys(store_.health()));
    if (down_) reload(std::string{down_why_}, Known::No);
    turn();
    if (!draining_ || drained_) arm_alarm();
}

void TurnLoop::drain(std::function<void(bool)> drained) {
    draining_ = true;
    drained_ = std::move(drained);
    schedule_turn();
}

void TurnLoop::check_drained() {
    if (!draining_ || !drained_) return;
    if (!commands_.empty() || !urgent_.empty() || !in_flight_.empty()) return;
    if (shard_ != nullptr && !shard_->batch_empty()) return;
    if (down_ && !(held_.empty() && sticky_.empty())) return;
    scheduler_.cancel_alarm();
    scheduler_.post(
        [drained = std::exchange(drained_, nullptr), durable = !gave_up_] { drained(durable); });
}

}  // namespace vault::engine
