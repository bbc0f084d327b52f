#include "daemon/app/app.hpp"

#include "daemon/app/feeds.hpp"
#include "daemon/app/notify.hpp"
#include "daemon/control/server.hpp"
#include "daemon/engine/driver.hpp"
#include "daemon/secrets/file_signer.hpp"
#include "daemon/store/sqlite/sqlite_reader.hpp"
#include "daemon/store/sqlite/sqlite_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

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
constexpr auto kTurnStale = std::chrono::seconds{5};  // the shard turns at least twice a second

store::SqliteOptions store_options(const config::Store& from) {
    store::SqliteOptions options;
    options.path = from.path;
    options.ballast_mib = static_cast<std::uint32_t>(from.ballast_mib);
    options.checkpoint_every = static_cast<std::uint32_t>(from.checkpoint_every_entries);
    options.disk_alert_pct = static_cast<std::uint32_t>(from.disk_alert_pct);
    options.disk_stop_buys_pct = static_cast<std::uint32_t>(from.disk_stop_buys_pct);
    options.group_rows = static_cast<std::uint32_t>(from.group_commit_rows);
    options.retention.prices_full = from.retention.prices_full;
    options.retention.prices_thinned_every = from.retention.prices_thinned_every;
    options.retention.prices = from.retention.prices;
    options.retention.decisions = from.retention.decisions;
    options.retention.notices = from.retention.notices;
    options.retention.replies = from.retention.idempotency;
    return options;
}

engine::EngineOptions engine_options(const config::Config& from) {
    engine::EngineOptions options;
    options.paper.fee_rate = from.paper.fee_rate;
    options.paper.slippage = from.paper.slippage;
    options.paper.fee_in =
        from.paper.fee_in == config::FeeIn::Quote ? exchange::FeeIn::Quote : exchange::FeeIn::Base;
    options.paper.partial_fill_per_million =
        static_cast<std::uint32_t>(from.paper.partial_fill_per_million);
    options.paper.reject_per_million = static_cast<std::uint32_t>(from.paper.reject_per_million);
    options.paper.latency_ticks = static_cast<std::uint32_t>(from.paper.latency_ticks);
    for (const PairRules& rules : from.paper.pairs)
        options.catalogue.emplace(rules.pair, rules);
    options.price_snapshot_every = from.engine.price_snapshot_every;
    options.batch_rows_max = from.engine.batch_rows_max;
    options.reply_life = from.store.retention.idempotency;
    return options;
}

control::Options control_options(const config::Control& from) {
    control::Options options;
    options.socket_path = from.socket;
    options.mode = from.mode;
    options.max_connections = from.max_connections;
    options.max_per_uid = from.max_per_uid;
    options.reserved_connections = from.reserved_connections;
    options.requests_per_second = static_cast<std::uint32_t>(from.requests_per_second);
    options.burst = static_cast<std::uint32_t>(from.burst);
    options.frame_max = from.frame_max_kib * 1024;
    options.max_in_flight = from.in_flight_max;
    options.hello_within = from.hello_timeout;
    options.slow_after = from.write_timeout;
    return options;
}

std::vector<Pair> pairs_of(const config::Config& config) {
    std::vector<Pair> pairs;
    for (const PairRules& rules : config.paper.pairs)
        pairs.push_back(rules.pair);
    return pairs;
}

std::string fresh_instance_id() {
    std::array<std::uint8_t, 8> bytes{};
    VAULT_CHECK(::getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()),
                "the kernel gives random bytes");
    std::string text;
    for (const std::uint8_t byte : bytes)
        text += fmt::format("{:02x}", byte);
    return text;
}

}  // namespace

config::Config with_state_dir(config::Config config, const std::string& state_dir) {
    const auto below = [&](std::string& path) {
        if (!path.starts_with('/')) path = state_dir + "/" + path;
    };
    below(config.store.path);
    below(config.candles.path);
    below(config.control.socket);
    return config;
}

// In the order of construction; taken apart in reverse.
struct App::Parts {
    Clock& clock;
    Logger& logger;
    SystemdNotify notify;
    std::unique_ptr<secrets::FileSigner> signer;
    std::unique_ptr<store::SqliteStore> store;
    std::unique_ptr<Feeds> feeds;
    asio::io_context shard_io{1};
    asio::io_context control_io{1};
    std::unique_ptr<engine::Driver> driver;
    std::unique_ptr<control::Server> server;
    asio::steady_timer beat{control_io};
    asio::signal_set signals{control_io};
    int exit_code = 0;
    bool stopping = false;
    bool all_durable = true;  // set by the shard's thread, read once that has ended

    Parts(Clock& c, Logger& l) : clock(c), logger(l) {}

    Result<void> build(const config::Config& config);
    void keep_alive();
    void stop(std::string_view why);
    asio::awaitable<void> close_server();
};

Result<void> App::Parts::build(const config::Config& config) {
    const std::filesystem::path directory = std::filesystem::path{config.store.path}.parent_path();
    VAULT_TRY(secrets::FileSigner opened,
              secrets::FileSigner::open((directory / "checkpoint.key").string()));
    signer = std::make_unique<secrets::FileSigner>(std::move(opened));
    VAULT_TRY(store,
              store::SqliteStore::create(store_options(config.store), *signer, clock, logger));
    feeds = std::make_unique<Feeds>(CandleFiles{config.candles.path, pairs_of(config)},
                                    config.paper.pairs);
    auto make_shard = [this, options = engine_options(config)] {
        return std::make_unique<engine::Shard>(kShard, options, *feeds, clock, logger);
    };
    const engine::DriverOptions driver_options{
        .batches_ahead_max = config.engine.batches_ahead_max,
        .ahead_max = config.engine.ahead_ms_max,
        .ride_along = config.engine.ride_along_ms,
        .replay_batch = config.engine.batch_ms_max,
    };
    driver = std::make_unique<engine::Driver>(shard_io.get_executor(), *store, make_shard, kShard,
                                              driver_options, clock, logger);
    driver->on_fenced = [this] {
        asio::post(control_io, [this] {
            exit_code = 70;
            stop("the store was taken over");
        });
    };
    VAULT_TRYV(driver->start());
    ::malloc_trim(0);  // reading the store took several times what the shard keeps
    VAULT_TRY(auto reader, store::SqliteReader::open(config.store.path));
    control::ReadSide reads;
    reads.reader = std::move(reader);
    reads.candles = std::make_unique<CandleFiles>(config.candles.path, pairs_of(config));
    control::Server::Parts parts{*driver,
                                 std::move(reads),
                                 [this] { return store->health(); },
                                 {kVersion, fresh_instance_id(), ::getpid()},
                                 clock,
                                 logger,
                                 [this] {
                                     const engine::DriverProgress& progress = driver->progress();
                                     return control::BatchMarks{
                                         progress.batch.load(), progress.durable.load(),
                                         progress.commits.load(), progress.reloads.load()};
                                 }};
    VAULT_TRY(server, control::Server::create(control_io, control_options(config.control),
                                              std::move(parts)));
    return success();
}

// Alive means that the shard turns, not that this thread runs.
void App::Parts::keep_alive() {
    const auto interval = notify.watchdog_interval();
    Duration wait = kStatusEvery;
    if (interval) wait = std::min<Duration>(wait, *interval / 2);
    beat.expires_after(wait);
    beat.async_wait([this](const boost::system::error_code& status) {
        if (status) return;
        const engine::DriverProgress& progress = driver->progress();
        const SteadyTime last{progress.last_turn_ns.load()};
        if (clock.steady() - last < kTurnStale) {
            notify.watchdog();
        } else {
            logger.log(LogLevel::Alert, "shard_stuck", "the shard has not turned for 5 s");
        }
        if (!stopping)
            notify.status(fmt::format("batch {}, durable {}", progress.batch.load(),
                                      progress.durable.load()));
        keep_alive();
    });
}

asio::awaitable<void> App::Parts::close_server() {
    co_await server->stop();
    control_io.stop();
}

void App::Parts::stop(std::string_view why) {
    if (std::exchange(stopping, true)) return;
    logger.log(LogLevel::Notice, "stopping", why);
    notify.stopping();
    asio::post(shard_io, [this] {
        driver->drain([this](bool durable) {
            all_durable = durable;
            auto finish = [this](std::exception_ptr failure) {
                VAULT_CHECK(!failure, "closing the server does not throw");
            };
            asio::post(control_io,
                       [this, finish] { asio::co_spawn(control_io, close_server(), finish); });
        });
    });
}

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
App::~App() = default;

Result<std::unique_ptr<App>> App::create(const config::Config& config, Clock& clock,
                                         Logger& logger) {
    auto parts = std::make_unique<Parts>(clock, logger);
    VAULT_TRYV(parts->build(config));
    return std::unique_ptr<App>{new App{std::move(parts)}};
}

int App::run() {
    Parts& parts = *parts_;
    parts.signals.add(SIGTERM);
    parts.signals.add(SIGINT);
    parts.signals.async_wait([&](const boost::system::error_code& status, int) {
        if (!status) parts.stop("a signal asked for it");
    });
    parts.server->start();
    parts.keep_alive();
    parts.notify.ready("running");
    parts.logger.log(LogLevel::Notice, "started", "ready");
    auto work = asio::make_work_guard(parts.shard_io);
    std::thread shard{[&] { parts.shard_io.run(); }};
    parts.control_io.run();
    work.reset();
    parts.shard_io.stop();
    shard.join();
    parts.store->close();
    if (parts.all_durable) {
        parts.logger.log(LogLevel::Notice, "stopped", "everything is durable");
    } else {
        parts.logger.log(LogLevel::Alert, "stopped", "what was answered as unknown may be lost");
        if (parts.exit_code == 0) parts.exit_code = 75;
    }
    return parts.exit_code;
}

}  // namespace vault::app
