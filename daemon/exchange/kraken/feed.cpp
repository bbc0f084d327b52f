#include "daemon/exchange/kraken/feed.hpp"

#include "common/base/check.hpp"
#include "common/base/excerpt.hpp"
#include "daemon/runtime/websocket.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace vault::exchange::kraken {

namespace asio = boost::asio;

namespace {

using runtime::WebSocket;

constexpr Duration kSecond = std::chrono::seconds{1};
constexpr Duration kOddEvery = std::chrono::minutes{1};
constexpr std::size_t kShown = 200;  // bytes of what was wrong in a line of the log

UtcTime floor_second(UtcTime time) {
    return std::chrono::floor<std::chrono::seconds>(time);
}

Duration span_of(SteadyTime since, SteadyTime now) {
    return std::chrono::duration_cast<Duration>(now - since);
}

}  // namespace

KrakenFeed::KrakenFeed(FeedSettings settings, Random random, const Clock& clock, Logger& log)
    : settings_(std::move(settings)),
      clock_(clock),
      log_(log),
      pace_(settings_.reconnect, random),
      quotes_({}),
      tasks_(io_.get_executor()) {}

KrakenFeed::~KrakenFeed() {
    stop();
}

void KrakenFeed::start(std::vector<Pair> pairs, ports::PriceSink& prices, ports::RulesSink& rules) {
    VAULT_CHECK(prices_ == nullptr, "a feed is started once");
    prices_ = &prices;
    rules_ = &rules;
    std::ranges::sort(pairs);
    pairs.erase(std::ranges::unique(pairs).begin(), pairs.end());
    pairs_ = std::move(pairs);
    symbols_ = symbols_of(pairs_);
    quotes_ = Quotes{pairs_, settings_.quotes};
    if (pairs_.empty()) return;
    note_state(false, "it is being connected");
    tasks_.spawn(follow());
    tasks_.spawn(tell_prices());
    thread_ = std::thread{[this] { io_.run(); }};
}

void KrakenFeed::stop() {
    if (!thread_.joinable()) return;
    asio::post(io_, [this] { tasks_.stop(); });
    thread_.join();
}

ports::FeedState KrakenFeed::state() const {
    const std::lock_guard lock{mutex_};
    return state_;
}

void KrakenFeed::note_state(bool connected, std::string problem) {
    const std::lock_guard lock{mutex_};
    if (connected != state_.connected || state_.since == UtcTime{}) state_.since = clock_.now();
    state_.connected = connected;
    state_.problem = std::move(problem);
}

asio::awaitable<void> KrakenFeed::follow() {
    asio::steady_timer pause{io_};
    while (!tasks_.stopping()) {
        auto living = live_through();
        const Error why = co_await std::move(living);
        if (tasks_.stopping()) co_return;
        const Duration lived =
            session_ ? span_of(session_->opened, clock_.steady()) : Duration::zero();
        session_.reset();
        quotes_.forget_prices();
        note_lost(why);
        Duration wait = pace_.after(lived);
        if (system_word_ == "maintenance") wait = std::max(wait, settings_.after_maintenance);
        pause.expires_after(wait);
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

// From the opening of a socket to its end, which is the error.
asio::awaitable<Error> KrakenFeed::live_through() {
    auto opening = WebSocket::open(settings_.socket, settings_.ca_file, settings_.connect_most);
    Result<std::unique_ptr<WebSocket>> opened = co_await std::move(opening);
    if (!opened) co_return std::move(opened).error();
    const std::unique_ptr<WebSocket> socket = std::move(opened).value();
    session_.emplace();
    session_->opened = session_->pinged = clock_.steady();
    auto subscribing = subscribe(*socket);
    const Result<void> subscribed = co_await std::move(subscribing);
    if (!subscribed) co_return subscribed.error();
    auto listening = listen(*socket);
    const Result<void> listened = co_await std::move(listening);
    co_return listened.error();  // it ends with nothing else
}

asio::awaitable<Result<void>> KrakenFeed::subscribe(WebSocket& socket) {
    auto instruments = socket.write(subscribe_instruments(), settings_.write_most);
    VAULT_CO_TRYV(co_await std::move(instruments));
    auto tickers = socket.write(subscribe_tickers(pairs_), settings_.write_most);
    co_return co_await std::move(tickers);
}

asio::awaitable<Result<void>> KrakenFeed::listen(WebSocket& socket) {
    for (;;) {
        auto reading = socket.read(settings_.silence_most);
        VAULT_CO_TRY(const std::string text, co_await std::move(reading));
        VAULT_CO_TRYV(take(text));
        VAULT_CO_TRYV(check_answered());
        if (is_answered()) note_back();
        auto pinging = keep_awake(socket);
        VAULT_CO_TRYV(co_await std::move(pinging));
    }
}

asio::awaitable<Result<void>> KrakenFeed::keep_awake(WebSocket& socket) {
    const SteadyTime now = clock_.steady();
    if (span_of(session_->pinged, now) < settings_.ping_every) co_return success();
    session_->pinged = now;
    auto pinging = socket.write(ping_message(), settings_.write_most);
    co_return co_await std::move(pinging);
}

// A second that was told is not told again, also if the timer comes a little early.
asio::awaitable<void> KrakenFeed::tell_prices() {
    asio::steady_timer timer{io_};
    UtcTime told = floor_second(clock_.now());
    while (!tasks_.stopping()) {
        const UtcTime now = clock_.now();
        const UtcTime second = floor_second(now);
        if (std::exchange(told, second) != second)
            for (auto& [pair, tick] : quotes_.sample(second, clock_.steady()))
                prices_->on_price({kExchange, pair, tick});
        timer.expires_after(second + kSecond - now);
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

Result<void> KrakenFeed::take(std::string_view text) {
    VAULT_TRY(const SocketMessage message, read_message(text, symbols_));
    return std::visit([this](const auto& told) { return on(told); }, message);
}

Result<void> KrakenFeed::on(const Heartbeat&) {
    return success();
}

Result<void> KrakenFeed::on(const Tickers& told) {
    session_->quoted |= !told.rows.empty();
    quotes_.on_tickers(told, clock_.steady());
    for (const RowProblem& problem : told.problems)
        note_odd(fmt::format("ticker of {}: {}", problem.pair.text(), problem.why));
    return success();
}

Result<void> KrakenFeed::on(const Instruments& told) {
    session_->listed |= told.snapshot;
    listed_ |= told.snapshot;
    quotes_.on_instruments(told);
    for (const RowProblem& problem : told.problems)
        note_odd(fmt::format("instrument {}: {}", problem.pair.text(), problem.why));
    if (told.snapshot)
        for (const Pair& pair : quotes_.unlisted())
            note_left_out(pair, "it is not listed");
    tell_rules();
    return success();
}

Result<void> KrakenFeed::on(const SystemStatus& told) {
    const bool changed = std::exchange(system_word_, told.word) != told.word;
    if (changed) log_.log(LogLevel::Notice, "kraken_status", "Kraken is " + told.word);
    quotes_.on_system(told.status);
    tell_rules();
    return success();
}

// What is refused of a pair costs that pair; anything else that is refused, the socket.
Result<void> KrakenFeed::on(const SocketAnswer& told) {
    if (told.refusal.empty()) return success();
    const auto found = symbols_.find(told.symbol);
    if (found == symbols_.end())
        return Error{Errc::NotReady, fmt::format("Kraken refuses: {}", told.refusal)};
    session_->refused.insert(found->second);
    note_left_out(found->second, told.refusal);
    return success();
}

Result<void> KrakenFeed::on(const OddMessage& told) {
    note_odd(told.what);
    return success();
}

bool KrakenFeed::is_answered() const {
    const bool nothing_to_quote = session_->refused.size() == pairs_.size();
    return session_->listed && (session_->quoted || nothing_to_quote);
}

Result<void> KrakenFeed::check_answered() const {
    const bool in_time = span_of(session_->opened, clock_.steady()) < settings_.answer_most;
    if (in_time || is_answered()) return success();
    return Error{Errc::Expired, fmt::format("Kraken sent no {} within {}",
                                            session_->listed ? "quotes" : "list of its pairs",
                                            format_duration(settings_.answer_most))};
}

void KrakenFeed::tell_rules() {
    std::vector<PairRules> rules = quotes_.rules();
    if (!listed_ || rules == told_rules_) return;
    told_rules_ = rules;
    rules_->on_rules(kExchange, std::move(rules));
}

void KrakenFeed::note_lost(const Error& why) {
    const std::string problem = excerpt(why.message(), kShown);
    note_state(false, problem);
    if (loss_) {
        loss_->last_problem = problem;
        return;
    }
    loss_ = Loss{clock_.steady(), problem};
    log_.log(LogLevel::Warning, "prices_lost",
             fmt::format("no prices of Kraken until it is back: {}", problem));
}

void KrakenFeed::note_back() {
    if (loss_) {
        const std::string span = format_duration(span_of(loss_->since, clock_.steady()));
        log_.log(LogLevel::Notice, "prices_back",
                 fmt::format("prices of Kraken are back after {}; it was: {}", span,
                             loss_->last_problem));
    } else if (!began_) {
        log_.log(LogLevel::Info, "prices_begin",
                 fmt::format("prices of Kraken for {} pairs", pairs_.size()));
    }
    if (loss_ || !began_) note_state(true, {});
    began_ = true;
    loss_.reset();
}

void KrakenFeed::note_odd(std::string_view what) {
    const SteadyTime now = clock_.steady();
    if (odd_logged_ && span_of(*odd_logged_, now) < kOddEvery) {
        ++odd_unlogged_;
        return;
    }
    const std::size_t unlogged = std::exchange(odd_unlogged_, 0);
    odd_logged_ = now;
    log_.log(LogLevel::Warning, "kraken_odd_message",
             fmt::format("{}{}", excerpt(what, kShown),
                         unlogged == 0 ? "" : fmt::format(" (and {} before it)", unlogged)));
}

void KrakenFeed::note_left_out(const Pair& pair, std::string_view why) {
    if (!left_out_.insert(pair).second) return;
    log_.log(LogLevel::Warning, "pair_not_at_kraken",
             fmt::format("{} is left out: {}", pair.text(), why));
}

}  // namespace vault::exchange::kraken
