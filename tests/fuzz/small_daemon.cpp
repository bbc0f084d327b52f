#include "tests/fuzz/small_daemon.hpp"

#include "common/base/check.hpp"
#include "daemon/control/directory.hpp"
#include "daemon/exchange/paper/key_validator.hpp"
#include "tests/fuzz/shared_books.hpp"
#include "tests/simulation/recorded_feed.hpp"
#include "tests/support/no_backups.hpp"
#include "tests/support/open_access.hpp"
#include "tests/support/test_signer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sys/socket.h>
#include <unistd.h>

namespace vault::fuzz {
namespace {

namespace asio = boost::asio;
using Socket = asio::local::stream_protocol::socket;

constexpr ShardId kShard{1};
constexpr auto kPatience = std::chrono::seconds{20};  // of real time, for one event

Decimal dec(std::string_view text) {
    return Decimal::parse(text).value();
}

engine::EngineOptions engine_options() {
    engine::EngineOptions options;
    options.paper.fee_rate = dec("0.004");
    options.paper.slippage = dec("0.0005");
    options.paper.partial_fill_per_million = 200'000;
    options.price_snapshot_every = std::chrono::hours{1};
    for (const char* const text : {"ETH/USDT", "BTC/USDT", "ETH/USD"}) {
        const Pair pair = Pair::parse(text).value();
        options.catalogue.emplace(
            pair, PairRules{pair, dec("0.01"), dec("0.0001"), dec("5"), dec("0.0001")});
    }
    return options;
}

// There is no file behind it, so a reload finds no difference.
class StillConfiguration final : public ports::Configuration {
  public:
    const ports::ConfigView& show() const override { return view_; }
    asio::awaitable<Result<ports::ConfigReload>> reload(ports::ReloadAsk ask) override {
        co_return ports::ConfigReload{UtcTime{}, std::move(ask.by), "", true, false, {}};
    }

  private:
    ports::ConfigView view_{"", "/", {}, std::nullopt};
};

// The real synthetic market, but one day of it, and each only made once. No file can be opened.
class ShortFeeds final : public ports::FeedFactory {
  public:
    Result<ports::OpenedFeed> open(const ports::FeedSource& source) override {
        if (source.name != "synthetic")
            return Error{Errc::NotFound, "there are no files here", "file"};
        exchange::SyntheticSettings settings;
        settings.pair = source.pair == Pair{} ? Pair::parse("ETH/USDT").value() : source.pair;
        settings.seed = source.seed;
        settings.days = 1;
        settings.step = std::max<Duration>(source.interval, std::chrono::minutes{5});
        if (source.from) settings.start = floor_day(*source.from);
        VAULT_TRY(exchange::SyntheticFeed made, exchange::SyntheticFeed::create(settings));
        if (recordings_.size() >= kRecordings) recordings_.clear();
        auto& recording = recordings_[made.identity()];
        if (recording == nullptr) recording = simulation::record(std::move(made));
        if (!source.fingerprint.empty() && source.fingerprint != recording->identity)
            return Error{Errc::StoreInvalid, "the market is another one", "file"};
        ports::OpenedFeed opened;
        opened.source = source;
        opened.source.pair = recording->pair;
        opened.source.interval = settings.step;
        opened.source.fingerprint = recording->identity;
        opened.ticks = recording->ticks.size();
        opened.first = recording->ticks.front().time;
        opened.last = recording->ticks.back().time;
        opened.feed = std::make_unique<simulation::RecordedFeed>(recording);
        return opened;
    }

  private:
    static constexpr std::size_t kRecordings = 16;
    // Shared with the feeds that are open.
    std::map<std::string, std::shared_ptr<const simulation::Recording>> recordings_;
};

// What the daemon logs as a fault of its own is one.
class StrictLogger final : public Logger {
  public:
    void log(LogLevel level, std::string_view event, std::string_view message) override {
        if (level < LogLevel::Error) return;
        StderrLogger(LogLevel::Error).log(level, event, message);
        VAULT_CHECK(false, "the daemon reports a fault of its own");
    }
};

void send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0) return;  // the session has ended already
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void take_what_came(int fd, std::string& into) {
    std::array<char, 65536> bytes{};
    for (;;) {
        const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (got <= 0) return;
        into.append(bytes.data(), static_cast<std::size_t>(got));
    }
}

}  // namespace

// In the order of construction; the context goes last, with whatever still waits in it.
struct SmallDaemon::Parts {
    simulation::VirtualClock& clock;
    store::MemoryStore books;
    StrictLogger log;
    asio::io_context io{1};
    SharedBooks store;
    engine::Driver driver;
    control::Options options;
    StillConfiguration configuration;
    test::TestSigner signer;
    test::OpenAccess access;  // everybody is the one user that the books begin with
    test::PlainBox secrets;
    exchange::PaperKeyValidator validator{{Duration{0}, Duration{0}}};
    test::NoBackups backups;
    runtime::WorkerPool hard_work{1, 4, Error{Errc::Busy, "busy"}};
    control::Directory directory;
    control::Metrics metrics;
    control::Services services;
    control::Gate gate{services};
    control::TokenBuckets buckets;
    control::UserRates rates;
    std::optional<control::EventHub> hub;  // from the first event after the books were loaded
    control::Tally subscriptions;
    std::uint64_t first_batch = 0;

    static ShortFeeds& feeds() {
        static ShortFeeds made;
        return made;
    }
    Parts(simulation::VirtualClock& c, store::MemoryStore b)
        : clock(c),
          books(std::move(b)),
          store(io, books),
          driver(
              io.get_executor(), store,
              [this] {
                  return std::make_unique<engine::Shard>(kShard, engine_options(), feeds(), clock,
                                                         log);
              },
              kShard, engine::DriverOptions{}, clock, log),
          services{driver,
                   shared_worker(),
                   clock,
                   configuration,
                   signer,
                   access,
                   secrets,
                   validator,
                   backups,
                   hard_work,
                   directory,
                   metrics,
                   options,
                   [this] { return store.health(); },
                   {"0.0.0", "fuzz", 1},
                   clock.steady(),
                   clock.now(),
                   {}},
          buckets(options.requests_per_second, options.burst),
          subscriptions(options.max_subscriptions_per_user) {
        options.frame_max = kFrameMax;
        driver.on_events = [this](ports::EventPage events) { hub->publish(std::move(events)); };
        driver.directory.changed = [this](const ports::DirectoryPage& page) {
            directory.adopt(page);
            secrets.adopt(page.secrets);
        };
        driver.directory.loaded = [this](const ports::WholeDirectory& whole) {
            directory.load(whole);
            secrets.load(whole.secrets);
        };
        access.caller = test::OpenAccess::admin(UserId{1}, "alice");
    }
    void run_one() {
        io.restart();
        VAULT_CHECK(io.run_one_for(kPatience) == 1, "the session goes on or ends");
    }
};

SmallDaemon::SmallDaemon(simulation::VirtualClock& clock, store::MemoryStore books)
    : parts_(std::make_unique<Parts>(clock, std::move(books))) {
    serve_reads_from(&parts_->books);
    VAULT_CHECK(parts_->driver.start().has_value(), "the books can be loaded");
    parts_->hub.emplace(parts_->driver.last_event(), parts_->options.ring_events);
    parts_->first_batch = parts_->driver.progress().batch.load();
}

SmallDaemon::~SmallDaemon() {
    finish_reads();
    serve_reads_from(nullptr);
}

std::string SmallDaemon::converse(std::string_view bytes, const Manner& manner) {
    std::array<int, 2> ends{};
    VAULT_CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0,
                "there are descriptors left");
    const int peer = ends[0];
    const control::Options& options = parts_->options;
    parts_->metrics = control::Metrics{};
    parts_->buckets = control::TokenBuckets(options.requests_per_second, options.burst);
    parts_->rates = control::UserRates{};
    control::Session session(Socket(parts_->io, asio::local::stream_protocol(), ends[1]),
                             control::Peer{1000, manner.allowed, manner.seat},
                             control::Shared{parts_->options, parts_->services, parts_->gate,
                                             parts_->buckets, parts_->rates, parts_->metrics,
                                             parts_->log, *parts_->hub, parts_->subscriptions});
    bool ended = false;
    auto finish = [&ended](const std::exception_ptr& failure) {
        VAULT_CHECK(!failure, "a session lets no exception out");
        ended = true;
    };
    asio::co_spawn(parts_->io, session.run(), finish);
    std::string came;
    if (manner.first_part > 0) {
        send_all(peer, bytes.substr(0, manner.first_part));
        bytes.remove_prefix(std::min(manner.first_part, bytes.size()));
        parts_->io.restart();
        for (int events = 0; events < 1000 && parts_->io.poll_one() > 0; ++events)
            take_what_came(peer, came);
    }
    send_all(peer, bytes);
    if (manner.hangs_up) {
        ::close(peer);
    } else {
        ::shutdown(peer, SHUT_WR);
    }
    while (!ended) {
        parts_->run_one();
        if (!manner.hangs_up) take_what_came(peer, came);
    }
    if (!manner.hangs_up) {
        take_what_came(peer, came);
        ::close(peer);
    }
    return came;
}

bool SmallDaemon::changed() const {
    return parts_->driver.progress().batch.load() != parts_->first_batch;
}

void SmallDaemon::settle() {
    parts_->io.restart();
    while (parts_->io.poll() > 0 || parts_->store.step()) {
        parts_->io.restart();
    }
}

const store::MemoryStore& SmallDaemon::books() const {
    return parts_->books;
}

const store::MemoryStore& prepared_books(simulation::VirtualClock& clock) {
    static constexpr std::string_view kHello =
        R"({"jsonrpc":"2.0","id":0,"method":"hello","params":{"protocol":{"min":1,"max":1}}})"
        "\n";
    static constexpr std::string_view kSteps[] = {
        R"("user.create","params":{"name":"alice","role":"admin"})",
        R"("account.add","params":{"exchange":"paper"})",
        R"("replay.start","params":{"file":"synthetic","account":"a1"})",
        R"("vault.create","params":{"account":"a1","asset":"USDT","balance":"5000"})",
        R"("vault.pairs","params":{"vault":"v1","add":["ETH/USDT"]})",
        R"("vault.set_tradeable","params":{"vault":"v1","amount":"4000"})",
        R"("vault.allocate","params":{"vault":"v1","quiet":"1000","flash":"1000"})",
        R"("replay.run","params":{"account":"a1","until":"2024-01-01T05:00:00Z"})",
    };
    static const store::MemoryStore made = [&clock] {
        SmallDaemon daemon(clock, store::MemoryStore(clock));
        for (std::size_t step = 0; step < std::size(kSteps); ++step) {
            const std::string came = daemon.converse(fmt::format(
                R"({}{{"jsonrpc":"2.0","id":1,"meta":{{"idem_key":"p{}"}},"method":{}}})"
                "\n",
                kHello, step, kSteps[step]));
            if (came.find("\"error\"") != std::string::npos) {
                StderrLogger(LogLevel::Error).log(LogLevel::Error, "not_prepared", came);
                VAULT_CHECK(false, "the books are prepared");
            }
            daemon.settle();
        }
        return daemon.books();
    }();
    return made;
}

}  // namespace vault::fuzz
