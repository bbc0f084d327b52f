#include "daemon/app/app.hpp"

#include "daemon/app/backups.hpp"
#include "daemon/app/elsewhere.hpp"
#include "daemon/app/exchanges.hpp"
#include "daemon/app/feeds.hpp"
#include "daemon/app/last_batch.hpp"
#include "daemon/app/options.hpp"
#include "daemon/app/sign_in_parts.hpp"
#include "daemon/app/stall.hpp"
#include "daemon/app/unread_histories.hpp"
#include "daemon/app/watchdog.hpp"
#include "daemon/control/render_views.hpp"
#include "daemon/control/server.hpp"
#include "daemon/engine/driver.hpp"
#include "daemon/notify/hook.hpp"
#include "daemon/notify/mail.hpp"
#include "daemon/notify/ways.hpp"
#include "daemon/notify/webhook.hpp"
#include "daemon/runner/hook_client.hpp"
#include "daemon/runner/script_client.hpp"
#include "daemon/runtime/task_group.hpp"
#include "daemon/secrets/file_signer.hpp"
#include "daemon/secrets/shared_secret.hpp"
#include "daemon/store/sqlite/sqlite_reader.hpp"
#include "daemon/store/sqlite/sqlite_store.hpp"
#include "daemon/store/sqlite/store_copy.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <malloc.h>
#include <sys/random.h>
#include <thread>
#include <unistd.h>

namespace vault::app {
namespace asio = boost::asio;
namespace {

constexpr ShardId kShard{1};
constexpr auto kStatusEvery = std::chrono::seconds{5};
constexpr SteadyTime kTendEvery = std::chrono::minutes{1};
constexpr SteadyTime kBeatEvery = std::chrono::seconds{1};
// How long each loop may take: the shard turns at least twice a second, the control thread's timer
// and the notifier's are never longer than 5 s, a slow disk may hold one commit up for long, and
// the report worker imports whole candle files.
constexpr SteadyTime kShardLimit = std::chrono::seconds{5};
constexpr SteadyTime kLoopLimit = std::chrono::seconds{10};
constexpr SteadyTime kStoreLimit = std::chrono::seconds{30};
constexpr SteadyTime kReportsLimit = std::chrono::seconds{120};

std::vector<Pair> pairs_of(const config::Config& config) {
    std::vector<Pair> pairs;
    for (const PairRules& rules : config.paper.pairs)
        pairs.push_back(rules.pair);
    return pairs;
}

std::uint64_t fresh_number() {
    std::uint64_t number = 0;
    VAULT_CHECK(::getrandom(&number, sizeof number, 0) == static_cast<ssize_t>(sizeof number),
                "the kernel gives random bytes");
    return number;
}

ports::cmd::Amnesia amnesia_of(const std::string& note, UtcTime known_until) {
    return {fmt::format("amnesia: {}; compare orders and balances with the exchanges, then "
                        "vaultctl resume",
                        note),
            known_until};
}

}  // namespace

// In the order of construction; taken apart in reverse.
struct App::Parts {
    Clock& clock;
    StderrLogger& logger;
    SystemdNotify notify;
    LiveConfig config;
    engine::EngineOptions engine;  // of the shard, and of the one that a reload of the store makes
    std::unique_ptr<secrets::FileSigner> signer;
    std::unique_ptr<store::SqliteStore> store;
    std::unique_ptr<LastBatch> last_batch;
    std::unique_ptr<Feeds> feeds;
    asio::io_context shard_io{1};
    asio::io_context control_io{1};
    runner::Link runner;           // on the shard's thread
    runner::ScriptClient scripts;  // likewise
    runner::Link hooks_runner;     // on control's
    runner::HookClient hooks;      // likewise
    std::unique_ptr<SignInParts> sign_in;
    std::unique_ptr<StoreBackups> backups;
    std::unique_ptr<engine::Driver> driver;
    std::unique_ptr<Exchanges> exchanges;  // tells the driver
    notify::Webhook webhook{&secrets::sign_with_file, clock};
    notify::Hook hook{hooks};
    notify::Mail mail{hooks, clock};
    notify::Ways ways{webhook, hook, mail};
    std::unique_ptr<notify::Service> notifier;
    std::unique_ptr<UnreadHistories> histories;
    std::unique_ptr<control::Server> server;
    Watchdog watchdog{clock};
    asio::steady_timer beat{control_io};
    std::atomic<std::int64_t> last_beat{0};  // of the control thread, steady clock
    SteadyTime status_told{};
    bool was_alive = true;
    asio::signal_set signals{control_io};
    asio::signal_set hangups{control_io};
    runtime::TaskGroup tasks{control_io.get_executor()};
    SteadyTime tended{};
    int exit_code = 0;
    std::atomic<bool> stopping = false;
    // The store is older than the world, and the halt not durable yet.
    std::optional<ports::cmd::Amnesia> amnesia;
    bool amnesia_asked = false;  // its outcome is awaited
    bool all_durable = true;     // set by the shard's thread, read once that has ended

    Parts(LiveConfig::Start start, RunnerPlaces places, Clock& c, StderrLogger& l)
        : clock(c),
          logger(l),
          config(std::move(start), notify, c, l),
          runner(shard_io.get_executor(), std::move(places.scripts), l),
          scripts(shard_io.get_executor(), runner, c, l),
          hooks_runner(control_io.get_executor(), std::move(places.hooks), l),
          hooks(control_io.get_executor(), hooks_runner) {
        hangups.add(SIGHUP);  // before the store is read: it must not end a start
    }

    Result<void> build(const config::Config& config);
    void make_driver(const config::Config& from);
    void halt_amnesia();
    void tell_amnesia(const std::string& why);
    void note_batch();
    asio::awaitable<void> put_in_force(config::Config effective);
    void await_hangup();
    asio::awaitable<void> reload_for_hangup();
    asio::awaitable<void> tell_trail(const ports::ConfigReload& report);
    void follow_engine(const config::Config& from);
    void follow_directory();
    asio::awaitable<void> tend_sign_in();
    void watch_loops();
    void tell_manager(SteadyTime now);
    asio::awaitable<void> tell_stuck(ports::LoopCheck loop);
    void keep_alive();
    void stop(std::string_view why);
    void drain();
    asio::awaitable<void> close_server();
};

// What the engine tells others, before it is started.
void App::Parts::follow_engine(const config::Config& from) {
    driver->on_fenced = [this] {
        asio::post(control_io, [this] {
            exit_code = 70;
            stop("the store was taken over");
        });
    };
    driver->on_events = [this](ports::EventPage events) {
        asio::post(control_io, [this, events = std::move(events)]() mutable {
            server->publish(std::move(events));
        });
    };
    notifier = std::make_unique<notify::Service>(notify_settings(from), *driver, ways, hooks, clock,
                                                 logger);
    driver->on_alerts = [this](ports::AlertPage page) { notifier->adopt(std::move(page)); };
}

Result<void> App::Parts::build(const config::Config& from) {
    const std::filesystem::path directory = std::filesystem::path{from.store.path}.parent_path();
    VAULT_TRY(secrets::FileSigner opened,
              secrets::FileSigner::open((directory / kSignerKey).string()));
    signer = std::make_unique<secrets::FileSigner>(std::move(opened));
    const std::string restored = store::restored_note(from.store.path);
    const UtcTime known_until = store::known_until(from.store.path);
    VAULT_TRY(store, store::SqliteStore::create(store_options(from.store), *signer, clock, logger));
    feeds =
        std::make_unique<Feeds>(CandleFiles{from.candles.path, pairs_of(from)}, from.paper.pairs);
    make_driver(from);
    exchanges = std::make_unique<Exchanges>(from.kraken, Random{fresh_number()}, clock, logger);
    follow_engine(from);
    std::optional<ports::WholeDirectory> whole;
    driver->directory.loaded = [&](ports::WholeDirectory loaded) { whole = std::move(loaded); };
    driver->directory.changed = [](ports::DirectoryPage) {};
    VAULT_TRYV(driver->start());
    VAULT_CHECK(whole.has_value(), "a shard that was loaded has a directory");
    last_batch = std::make_unique<LastBatch>(from.store.path, logger);
    const std::string older = last_batch->seen_beyond(driver->progress().durable.load());
    if (!restored.empty() || !older.empty())
        amnesia = amnesia_of(restored.empty() ? older : restored, known_until);
    if (amnesia) halt_amnesia();
    VAULT_TRY(sign_in, SignInParts::create(from.security, *whole, clock));
    backups =
        std::make_unique<StoreBackups>(StoreBackups::Options{from.backups.path, from.store.path,
                                                             (directory / kSignerKey).string()},
                                       sign_in->secrets(), clock);
    histories = std::make_unique<UnreadHistories>(
        control_io.get_executor(), UnreadHistories::Parts{*driver, sign_in->secrets(), *exchanges});
    ::malloc_trim(0);  // reading the store took several times what the shard keeps
    VAULT_TRY(auto reader, store::SqliteReader::open(from.store.path));
    control::ReadSide reads;
    reads.reader = std::move(reader);
    reads.candles = std::make_unique<CandleFiles>(from.candles.path, pairs_of(from));
    control::Server::Parts parts{
        *driver,
        std::move(reads),
        config,
        *signer,
        sign_in->service(),
        sign_in->secrets(),
        *exchanges,
        *backups,
        [this] { return store->health(); },
        {kVersion, fmt::format("{:016x}", fresh_number()), ::getpid()},
        clock,
        logger,
        [this] {
            const engine::DriverProgress& progress = driver->progress();
            return control::BatchMarks{
                progress.batch.load(),   progress.durable.load(),
                progress.commits.load(), progress.turns.load(),
                progress.reloads.load(), SteadyTime{progress.last_turn_ns.load()}};
        },
        driver->last_event(),
        [this] { return watchdog.check(); },
        [this] { return exchanges->feeds(); }};
    VAULT_TRY(server, control::Server::create(control_io, control_options(from), std::move(parts)));
    server->load(*whole);
    follow_directory();
    exchanges->follow(whole->accounts, {*driver, *driver});
    histories->follow(whole->accounts, whole->api_keys);
    config.apply = [this](const config::Config& effective) { return put_in_force(effective); };
    return success();
}

void App::Parts::make_driver(const config::Config& from) {
    engine = engine_options(from);
    auto make_shard = [this] {
        return std::make_unique<engine::Shard>(kShard, engine, *feeds, clock, logger);
    };
    driver = std::make_unique<engine::Driver>(shard_io.get_executor(), *store, make_shard, kShard,
                                              driver_options(from.engine), clock, logger);
    driver->run_scripts_by(scripts);
    scripts.listen(driver->script_listener());
}

// Between what the store knows and now the world went on: what the exchanges have done since is not
// in these books, and the last price is no price. So nothing is traded until a person has looked; a
// start before the halt is durable halts again.
// What the store failed to keep is asked again with the next beat.
void App::Parts::halt_amnesia() {
    amnesia_asked = true;
    logger.log(LogLevel::Alert, "amnesia", amnesia->why);
    ports::CallContext context;
    context.actor = "restore";
    context.method = "halt";
    driver->call(std::move(context), *amnesia, &control::render_nothing,
                 [this, why = amnesia->why](const Result<ports::Reply>& reply) {
                     if (reply && reply.value().durable) return tell_amnesia(why);
                     logger.log(LogLevel::Alert, "amnesia", "the halt is not durable");
                     asio::post(control_io, [this] { amnesia_asked = false; });
                 });
}

// As an alert. Only then is the restore forgotten: a start before halts and tells again.
void App::Parts::tell_amnesia(const std::string& why) {
    ports::CallContext context;
    context.actor = "restore";
    context.method = "raise";
    ports::cmd::Raise alert{ports::Severity::Critical, "store_is_older", "", why};
    driver->call(std::move(context), std::move(alert), &control::render_nothing,
                 [this](const Result<ports::Reply>& reply) {
                     if (!reply || !reply.value().durable) {
                         asio::post(control_io, [this] { amnesia_asked = false; });
                         return;
                     }
                     store->forget_restored();
                     asio::post(control_io, [this] { amnesia.reset(); });
                 });
}

// Until the halt is durable the next start has to notice what this one did.
void App::Parts::note_batch() {
    if (!amnesia) last_batch->note(driver->progress().durable.load());
}

// Each part takes its options on its own thread. The shard's thread also keeps them for the shard
// that it makes when the store has to be loaded again.
asio::awaitable<void> App::Parts::put_in_force(config::Config effective) {
    logger.set_lowest(effective.log.level);
    server->configure(control_options(effective));
    sign_in->configure(effective.security);
    notifier->configure(notify_settings(effective));
    const std::function<void(Done)> to_store = [&](Done done) {
        store->configure(store_options(effective.store), std::move(done));
    };
    auto stored = done_elsewhere(to_store);
    co_await std::move(stored);
    const std::function<void(Done)> to_shard = [&](Done done) {
        asio::post(shard_io, [this, options = engine_options(effective),
                              loop = driver_options(effective.engine), done = std::move(done)] {
            engine = options;
            driver->configure(loop, engine);
            done();
        });
    };
    auto turned = done_elsewhere(to_shard);
    co_await std::move(turned);
}

// From now on what changes reaches sign-in and the server on their thread, before its answer does.
void App::Parts::follow_directory() {
    driver->follow({[this](ports::DirectoryPage page) {
                        asio::post(control_io, [this, page = std::move(page)] {
                            const auto adopted = sign_in->adopt(page);
                            if (!adopted)
                                logger.log(LogLevel::Alert, "secrets", adopted.error().message());
                            server->adopt(page);
                            exchanges->follow(page.accounts, {*driver, *driver});
                            histories->follow(page.accounts, page.api_keys);
                        });
                    },
                    [this](ports::WholeDirectory whole) {
                        asio::post(control_io, [this, whole = std::move(whole)] {
                            server->load(whole);
                            exchanges->follow(whole.accounts, {*driver, *driver});
                            const auto loaded = sign_in->load(whole);
                            if (!loaded)
                                logger.log(LogLevel::Alert, "secrets", loaded.error().message());
                            histories->follow(whole.accounts, whole.api_keys);
                        });
                    }});
}

// What sign-in only counts in memory: uses of sessions and tokens.
asio::awaitable<void> App::Parts::tend_sign_in() {
    auto command = sign_in->service().housekeeping();
    if (!command) co_return;
    auto keeping = driver->execute({}, std::move(*command), &control::render_nothing);
    const auto kept = co_await std::move(keeping);
    if (!kept) logger.log(LogLevel::Warning, "sign_in", kept.error().message());
}

// A reload for a signal is told in the audit trail as one for a call is.
asio::awaitable<void> App::Parts::tell_trail(const ports::ConfigReload& report) {
    ports::CallContext context;
    context.actor = "SIGHUP";
    context.method = "config.reload";
    const std::string why = report.ok ? "" : fmt::format("{} wrong", report.changes.size());
    auto telling = driver->execute(std::move(context), ports::cmd::Note{report.ok, why},
                                   &control::render_nothing);
    const auto told = co_await std::move(telling);
    if (!told) logger.log(LogLevel::Error, "audit_trail", told.error().message());
}

// One that comes while a reload runs is not lost: what it was sent for may have been written after
// the file was read.
asio::awaitable<void> App::Parts::reload_for_hangup() {
    for (;;) {
        auto reloading = config.reload({"SIGHUP", {}, false});
        const auto report = co_await std::move(reloading);
        if (report) {
            auto telling = tell_trail(report.value());
            co_await std::move(telling);
        }
        if (report || stopping) co_return;
        asio::steady_timer pause{control_io};
        pause.expires_after(std::chrono::milliseconds{100});
        co_await pause.async_wait(asio::use_awaitable);
    }
}

void App::Parts::await_hangup() {
    hangups.async_wait([this](const boost::system::error_code& status, int) {
        if (status) return;
        if (!stopping) tasks.spawn(reload_for_hangup());
        await_hangup();
    });
}

void App::Parts::watch_loops() {
    last_beat = clock.steady().count();
    watchdog.watch({"control", "serves calls", kLoopLimit,
                    [this](SteadyTime) { return SteadyTime{last_beat.load()}; }});
    watchdog.watch({"shard", "runs turns", kShardLimit, [this](SteadyTime) {
                        return SteadyTime{driver->progress().last_turn_ns.load()};
                    }});
    watchdog.watch({"store_writer", "commits", kStoreLimit, [this](SteadyTime now) {
                        const std::int64_t since = driver->progress().unsaved_since_ns.load();
                        return since == 0 ? now : SteadyTime{since};
                    }});
    watchdog.watch({"reports", "reads the store", kReportsLimit,
                    [this](SteadyTime now) { return stopping ? now : server->last_read(); }});
    watchdog.watch({"notifier", "delivers alerts", kLoopLimit,
                    [this](SteadyTime now) { return stopping ? now : notifier->last_round(); }});
}

void App::Parts::tell_manager(SteadyTime now) {
    const std::vector<ports::LoopCheck> loops = watchdog.check();
    const bool alive = std::ranges::all_of(loops, &ports::LoopCheck::ok);
    if (alive) notify.watchdog();
    if (alive && !was_alive)
        logger.log(LogLevel::Notice, "loops_go_on", "every loop makes progress again");
    if (!alive && was_alive)
        for (const ports::LoopCheck& loop : loops)
            if (!loop.ok && !stopping) tasks.spawn(tell_stuck(loop));
    was_alive = alive;
    if (stopping || now - status_told < kStatusEvery) return;
    status_told = now;
    const engine::DriverProgress& progress = driver->progress();
    notify.status(
        fmt::format("batch {}, durable {}", progress.batch.load(), progress.durable.load()));
}

// If it is the shard that is stuck, the alert is made once it goes on.
asio::awaitable<void> App::Parts::tell_stuck(ports::LoopCheck loop) {
    logger.log(LogLevel::Alert, "loop_stuck", fmt::format("{}: {}", loop.name, loop.message));
    ports::cmd::Raise alert{ports::Severity::Critical, "loop_stuck", loop.name, loop.message};
    auto raising = driver->execute({}, std::move(alert), &control::render_nothing);
    const auto raised = co_await std::move(raising);
    if (!raised) logger.log(LogLevel::Error, "alert_not_kept", raised.error().message());
}

// Alive means that every loop makes progress, not that this thread runs.
void App::Parts::keep_alive() {
    beat.expires_after(kBeatEvery);
    beat.async_wait([this](const boost::system::error_code& status) {
        if (status) return;
        const SteadyTime now = clock.steady();
        last_beat = now.count();
        tell_manager(now);
        note_batch();
        if (amnesia && !amnesia_asked && !stopping) halt_amnesia();
        stall_if_told(
            [this](std::function<void()> work) { asio::post(shard_io, std::move(work)); });
        if (!stopping && now - tended >= kTendEvery) {
            tended = now;
            tasks.spawn(tend_sign_in());
        }
        keep_alive();
    });
}

asio::awaitable<void> App::Parts::close_server() {
    histories->stop();
    co_await server->stop();
    auto joined = tasks.join();
    co_await std::move(joined);
    auto unread = histories->join();
    co_await std::move(unread);
    exchanges->stop();  // last: a look-up of a name may hold it up, and nobody waits any more
    control_io.stop();
}

void App::Parts::stop(std::string_view why) {
    if (stopping.exchange(true)) return;
    logger.log(LogLevel::Notice, "stopping", why);
    notify.stopping();
    // What has been delivered is booked while the shard still takes it.
    notifier->stop([this] { asio::post(shard_io, [this] { drain(); }); });
}

void App::Parts::drain() {
    driver->drain([this](bool durable) {
        all_durable = durable;
        auto finish = [this](std::exception_ptr failure) {
            VAULT_CHECK(!failure, "closing the server does not throw");
        };
        asio::post(control_io,
                   [this, finish] { asio::co_spawn(control_io, close_server(), finish); });
    });
}

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
App::~App() = default;

Result<std::unique_ptr<App>> App::create(LiveConfig::Start start, RunnerPlaces runners,
                                         Clock& clock, StderrLogger& logger) {
    auto parts = std::make_unique<Parts>(std::move(start), std::move(runners), clock, logger);
    VAULT_TRYV(parts->build(parts->config.running()));
    return std::unique_ptr<App>{new App{std::move(parts)}};
}

int App::run() {
    Parts& parts = *parts_;
    parts.signals.add(SIGTERM);
    parts.signals.add(SIGINT);
    parts.signals.async_wait([&](const boost::system::error_code& status, int) {
        if (!status) parts.stop("a signal asked for it");
    });
    parts.await_hangup();
    parts.server->start();
    parts.watch_loops();
    parts.notifier->start([&parts] { return parts.watchdog.alive(); });
    parts.keep_alive();
    for (runner::Link* const link : {&parts.runner, &parts.hooks_runner})
        if (link->started()) link->open();  // so that its end is seen
    parts.notify.ready("running");
    parts.logger.log(LogLevel::Notice, "started", "ready");
    auto work = asio::make_work_guard(parts.shard_io);
    std::thread shard{[&] { parts.shard_io.run(); }};
    parts.control_io.run();
    work.reset();
    parts.shard_io.stop();
    shard.join();
    parts.store->close();
    parts.note_batch();
    if (parts.all_durable) {
        parts.logger.log(LogLevel::Notice, "stopped", "everything is durable");
    } else {
        parts.logger.log(LogLevel::Alert, "stopped", "what was answered as unknown may be lost");
        if (parts.exit_code == 0) parts.exit_code = 75;
    }
    return parts.exit_code;
}

}  // namespace vault::app
