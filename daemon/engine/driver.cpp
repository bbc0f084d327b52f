#include "daemon/engine/driver.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace vault::engine {
namespace asio = boost::asio;
namespace {

constexpr auto kSlice = std::chrono::milliseconds{20};   // of replay work per turn
constexpr auto kUrgent = std::chrono::milliseconds{40};  // a halt answers after it at the latest
constexpr auto kHealthEvery = std::chrono::milliseconds{500};
constexpr std::size_t kCommandsPerTurn = 256;

Error busy(std::string message) {
    return Error{Errc::Busy, std::move(message), {}, "nothing was done; try again in a second"};
}

}  // namespace

Driver::Driver(asio::any_io_executor executor, ports::Store& store, MakeShard make_shard,
               ShardId shard, DriverOptions options, const Clock& clock, Logger& logger)
    : executor_(std::move(executor)),
      store_(store),
      make_shard_(std::move(make_shard)),
      shard_id_(shard),
      options_(options),
      clock_(clock),
      logger_(logger),
      timer_(executor_) {}

Driver::~Driver() = default;

Result<void> Driver::start() {
    VAULT_TRY(const ports::Snapshot snapshot, store_.load(shard_id_));
    shard_ = make_shard_();
    VAULT_TRYV(shard_->load(snapshot));
    durable_ = snapshot.mark.n;
    progress_.durable = progress_.batch = durable_.value;
    progress_.last_turn_ns = clock_.steady().count();
    schedule_turn();
    arm_timer();
    return success();
}

asio::awaitable<Result<ports::Reply>> Driver::execute(ports::CallContext context,
                                                      ports::Command command,
                                                      ports::Render render) {
    // The handler comes back on the caller's executor; it is move-only, std::function is not.
    auto initiation = [this](auto handler, ports::CallContext ctx, ports::Command cmd,
                             ports::Render draw) {
        using Handler = decltype(handler);
        auto caller = asio::get_associated_executor(handler, executor_);
        auto shared = std::make_shared<Handler>(std::move(handler));
        Answer answer = [caller, shared](Result<ports::Reply> result) {
            auto finish = [shared, result = std::move(result)]() mutable {
                std::move (*shared)(std::move(result));
            };
            asio::post(caller, std::move(finish));
        };
        auto waiting = std::make_shared<Waiting>(
            Waiting{std::move(ctx), std::move(cmd), draw, std::move(answer)});
        asio::post(executor_, [this, waiting] { enqueue(std::move(*waiting)); });
    };
    const auto token = asio::use_awaitable;
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>,
                                            void(Result<ports::Reply>)>(
        initiation, token, std::move(context), std::move(command), render);
}

void Driver::enqueue(Waiting waiting) {
    if (commands_.size() >= options_.commands_max && !waiting.context.lowers_risk)
        return waiting.answer(busy("too many commands are waiting"));
    if (waiting.context.lowers_risk) {
        commands_.push_front(std::move(waiting));
    } else {
        commands_.push_back(std::move(waiting));
    }
    schedule_turn();
}

void Driver::schedule_turn() {
    if (std::exchange(turn_scheduled_, true)) return;
    asio::post(executor_, [this] { turn(); });
}

bool Driver::behind() const {
    return in_flight_.size() >= options_.batches_ahead_max ||
           (!in_flight_.empty() &&
            clock_.steady() - in_flight_.front().second > options_.ahead_max);
}

void Driver::turn() {
    turn_scheduled_ = false;
    progress_.last_turn_ns = clock_.steady().count();
    ++progress_.turns;
    if (shard_ == nullptr) {
        take_commands();
        return check_drained();
    }
    take_commands();
    bool more = false;
    if (!draining_ && !behind()) more = shard_->run_replays(clock_.steady() + kSlice);
    if (!shard_->batch_empty() && !open_since_) open_since_ = clock_.steady();
    const bool waited = !held_.empty() && held_.back().batch > shard_->last_batch();
    const bool old = open_since_ && clock_.steady() - *open_since_ >= options_.ride_along;
    if (!shard_->batch_empty() && !behind() && (waited || draining_ || old || shard_->batch_full()))
        submit();
    release();
    release_urgent();
    if (more || !commands_.empty()) schedule_turn();
    const bool soon = !shard_->batch_empty() || !held_.empty() || shard_->next_due().has_value();
    if (soon && wakes_at_ > clock_.steady() + kUrgent) arm_timer();
    check_drained();
}

void Driver::take_commands() {
    for (std::size_t i = 0; i < kCommandsPerTurn && !commands_.empty(); ++i) {
        Waiting next = std::move(commands_.front());
        commands_.pop_front();
        run(std::move(next));
    }
}

void Driver::run(Waiting waiting) {
    const bool mutation = mutates(waiting.command);
    const ports::CallContext& context = waiting.context;
    if (context.deadline && clock_.steady() > *context.deadline)
        return waiting.answer(Error{Errc::Expired,
                                    "the deadline passed before the call started",
                                    {},
                                    "nothing was done; call again with more time"});
    if (shard_ == nullptr) return waiting.answer(busy("the store cannot be read at the moment"));
    if (mutation && draining_ && !context.lowers_risk)
        return waiting.answer(Error{Errc::Draining,
                                    "the daemon is shutting down",
                                    {},
                                    "nothing was done; try again after the restart"});
    if (mutation && behind() && !context.lowers_risk && !context.dry_run)
        return waiting.answer(busy("the store is behind"));
    auto applied = shard_->apply(context, waiting.command, waiting.render);
    if (!applied) return waiting.answer(std::move(applied).error());
    const bool rows = !shard_->batch_empty();
    const BatchNo batch{shard_->last_batch().value + (rows ? 1U : 0U)};
    if (mutation && context.lowers_risk && !context.dry_run && !applied.value().repeated)
        sticky_.push_back({batch, context, waiting.command, waiting.render});
    held_.push_back({batch,
                     {std::move(applied.value().reply_json), applied.value().repeated, true},
                     std::move(waiting.answer),
                     clock_.steady(),
                     context.lowers_risk && mutation,
                     mutation && !context.dry_run});
}

void Driver::submit() {
    ports::Batch batch = shard_->close_batch();
    open_since_.reset();
    in_flight_.emplace_back(batch.n, clock_.steady());
    progress_.batch = batch.n.value;
    const std::uint64_t generation = generation_;
    auto done = [this, generation](const ports::CommitReport& report) {
        asio::post(executor_, [this, generation, report] {
            if (generation == generation_) on_report(report);
        });
    };
    store_.commit(std::move(batch), std::move(done));
}

void Driver::on_report(const ports::CommitReport& report) {
    switch (report.status) {
        case ports::CommitStatus::Durable:
            durable_ = report.n;
            progress_.durable = durable_.value;
            while (!in_flight_.empty() && in_flight_.front().first <= durable_)
                in_flight_.pop_front();
            std::erase_if(sticky_, [&](const StickyHold& hold) { return hold.batch <= durable_; });
            release();
            schedule_turn();
            return;
        case ports::CommitStatus::Unknown: {
            const auto mark = store_.read_mark(shard_id_);
            if (mark && mark.value().n >= report.n)
                return on_report({report.n, ports::CommitStatus::Durable, {}});
            return reload("a commit's outcome was lost: " + report.message);
        }
        case ports::CommitStatus::Failed: return reload("a commit failed: " + report.message);
        case ports::CommitStatus::Fenced:
            logger_.log(LogLevel::Alert, "fenced",
                        "another process has taken over this store; stopping");
            shard_.reset();
            if (on_fenced) on_fenced();
            return;
    }
}

void Driver::release() {
    while (!held_.empty() && held_.front().batch <= durable_) {
        Held next = std::move(held_.front());
        held_.pop_front();
        next.answer(std::move(next.reply));
    }
}

// A pause or halt bites in memory at once; its reply does not wait for a store that is behind.
void Driver::release_urgent() {
    const SteadyTime now = clock_.steady();
    for (auto it = held_.begin(); it != held_.end();) {
        if (!it->lowers_risk || now - it->since < kUrgent) {
            ++it;
            continue;
        }
        it->reply.durable = false;
        it->answer(std::move(it->reply));
        it = held_.erase(it);
    }
}

// Nothing of an undurable batch was released, so forgetting it is safe. Pauses and halts are put
// back in force before anything else runs.
void Driver::reload(const std::string& why) {
    logger_.log(LogLevel::Error, "shard_reload", why);
    ++generation_;
    ++progress_.reloads;
    for (Held& held : std::exchange(held_, {})) {
        if (held.batch <= durable_) {
            held.answer(std::move(held.reply));
        } else {
            held.answer(Error{Errc::StoreFailed,
                              "the store refused the change: " + why,
                              {},
                              "nothing was done; see vaultctl health, then try again"});
        }
    }
    in_flight_.clear();
    open_since_.reset();
    shard_.reset();
    auto snapshot = store_.load(shard_id_);
    if (snapshot) {
        auto shard = make_shard_();
        auto loaded = shard->load(snapshot.value());
        if (loaded) {
            shard_ = std::move(shard);
            durable_ = snapshot.value().mark.n;
            progress_.durable = progress_.batch = durable_.value;
        } else {
            logger_.log(LogLevel::Alert, "reload_failed", loaded.error().message());
        }
    } else {
        logger_.log(LogLevel::Alert, "reload_failed", snapshot.error().message());
    }
    down_ = shard_ == nullptr;
    if (down_) return;
    for (StickyHold& hold : sticky_) {
        const auto again = shard_->apply(hold.context, hold.command, hold.render);
        if (!again) logger_.log(LogLevel::Alert, "hold_lost", again.error().message());
        hold.batch = BatchNo{shard_->last_batch().value + 1};
    }
    logger_.log(LogLevel::Notice, "shard_reloaded",
                fmt::format("continuing after batch {}", durable_.value));
    schedule_turn();
}

void Driver::arm_timer() {
    auto wait = std::chrono::duration_cast<std::chrono::nanoseconds>(kHealthEvery);
    if (shard_ != nullptr) {
        if (!shard_->batch_empty() || !held_.empty())
            wait = std::chrono::duration_cast<std::chrono::nanoseconds>(kUrgent / 2);
        const auto due = draining_ ? std::nullopt : shard_->next_due();
        if (due) wait = std::clamp(*due - clock_.steady(), SteadyTime{1'000'000}, wait);
    }
    wakes_at_ = clock_.steady() + wait;
    timer_.expires_after(wait);
    timer_.async_wait([this](const boost::system::error_code& status) {
        if (status) return;
        const ports::StoreHealth health = store_.health();
        if (shard_ != nullptr) shard_->set_buys_stopped(health.buys_stopped);
        if (down_) reload("trying again");
        turn();
        arm_timer();
    });
}

void Driver::drain(std::function<void()> drained) {
    draining_ = true;
    drained_ = std::move(drained);
    schedule_turn();
}

void Driver::check_drained() {
    if (!draining_ || !drained_ || !commands_.empty() || !in_flight_.empty()) return;
    if (shard_ != nullptr && !shard_->batch_empty()) return;
    timer_.cancel();
    asio::post(executor_, std::exchange(drained_, nullptr));
}

}  // namespace vault::engine
